# page.cmake: pools.html as a C source.  -DFROM=pools.html -DTO=status_page.c
file(READ ${FROM} text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REPLACE "\n" "\\n\"\n  \"" text "${text}")
file(WRITE ${TO} "/* status_page.c: made of pools.html. */\nextern const char status_page[];\nconst char status_page[] =\n  \"${text}\";\n")
