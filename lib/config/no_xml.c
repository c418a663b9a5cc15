/* no_xml.c: in the place of xml.c, expand.c and apphost.c in a build without expat. */
#include "config/apphost.h"

void fcl__config_read_apphost(fcl__config_reader *r, fcl_slice text) {
  fcl__config_say(r, FCL_LEVEL_ERROR, 0,
                  "the file is XML, which this build does not read (expat was not found, or "
                  "FCGICLIENT_EXPAT was OFF); give a fcgiext.ini");
}
