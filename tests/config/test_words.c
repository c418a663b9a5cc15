/* test_words.c: command lines taken apart, by the rules of each system. */
#include "config/words.h"
#include "config_test.h"

/* The words as "<a><b c>", or "(open)". */
static const char *split(fcl__word word, const char *line) {
  static char out[500];
  char room[200], *at = room, *one;
  out[0] = 0;
  line += strspn(line, " \t");
  while (*line) {
    one = at;
    line = word(line, &at);
    if (line == NULL)
      return "(open)";
    snprintf(out + strlen(out), sizeof out - strlen(out), "<%s>", one);
    line += strspn(line, " \t");
  }
  ck_assert_uint_lt((size_t) (at - room), sizeof room);
  return out;
}

START_TEST(a_POSIX_line_is_split_as_a_shell_does) { /* loop */
  static const char *const rows[][2] = {
      {"", ""},
      {" \t", ""},
      {"a", "<a>"},
      {" a\tb  c ", "<a><b><c>"},
      {"-d a=b;c", "<-d><a=b;c>"},
      {"'a b'", "<a b>"},
      {"\"a b\"", "<a b>"},
      {"a' 'b\" \"c", "<a b c>"},
      {"''", "<>"},
      {"'' \"\"", "<><>"},
      {"a''", "<a>"},
      {"'\"'", "<\">"},
      {"\"'\"", "<'>"},
      {"a\\ b", "<a b>"},
      {"\\'a", "<'a>"},
      {"\\\\", "<\\>"},
      {"\\", "<\\>"},
      {"a\\", "<a\\>"},
      {"'a\\b'", "<a\\b>"},
      {"'\\'", "<\\>"},
      {"\"a\\\"b\"", "<a\"b>"},
      {"\"\\\\ \\$ \\` \\n\"", "<\\ $ ` \\n>"},
      {"$HOME `x` * ~ #", "<$HOME><`x`><*><~><#>"}, /* nothing is expanded */
      {"'", "(open)"},
      {"a 'b", "(open)"},
      {"\"", "(open)"},
      {"\"a\\\"", "(open)"},
      {"\"a'", "(open)"},
  };
  ck_assert_str_eq(split(fcl__word_posix, rows[_i][0]), rows[_i][1]);
}
END_TEST

/* As Microsoft's documentation of argv says it. */
START_TEST(a_Windows_line_is_split_as_C_programs_do) { /* loop */
  static const char *const rows[][2] = {
      {"", ""},
      {"a", "<a>"},
      {" a\tb  c ", "<a><b><c>"},
      {"-c d:\\php\\site.ini", "<-c><d:\\php\\site.ini>"},
      {"\"d:\\my php\\site.ini\"", "<d:\\my php\\site.ini>"},
      {"it's", "<it's>"},
      {"\"a b c\" d e", "<a b c><d><e>"},
      {"\"ab\\\"c\" \"\\\\\" d", "<ab\"c><\\><d>"},
      {"a\\\\\\b d\"e f\"g h", "<a\\\\\\b><de fg><h>"},
      {"a\\\\\\\"b c d", "<a\\\"b><c><d>"},
      {"a\\\\\\\\\"b c\" d e", "<a\\\\b c><d><e>"},
      {"a\"b\"\" c d", "<ab\" c d>"},
      {"\"\"", "<>"},
      {"\"\" a", "<><a>"},
      {"\"\"\"a\"", "<\"a>"},
      {"\"a b", "<a b>"}, /* a quote may stay open */
      {"\"d:\\\\\" x", "<d:\\><x>"},
      {"\\", "<\\>"},
      {"\\\"", "<\">"},
  };
  ck_assert_str_eq(split(fcl__word_windows, rows[_i][0]), rows[_i][1]);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("words");
  tcase_add_loop_test(t, a_POSIX_line_is_split_as_a_shell_does, 0, 28);
  tcase_add_loop_test(t, a_Windows_line_is_split_as_C_programs_do, 0, 19);
  return test_suite_run("config/words", &t, 1);
}
