/* call.h: how C speaks with a web server's objects that are C++ classes there: an object begins
   with the address of its table of functions, a derived class has more of them at the end, and all
   overloads of a name stand together, the last declared first.  Slots that nobody here calls have a
   name and no shape. */
#ifndef IIS_ABI_CALL_H
#define IIS_ABI_CALL_H
#include "abi/types.h"

#if defined(_WIN32) && defined(__i386__)
#define IIS_METHOD __attribute__((thiscall)) /* this in ECX; the method clears the stack */
#else
#define IIS_METHOD
#endif

typedef void(IIS_METHOD *iis_slot)(void); /* one that is never called */

typedef enum REQUEST_NOTIFICATION_STATUS {
  RQ_NOTIFICATION_CONTINUE,
  RQ_NOTIFICATION_PENDING,
  RQ_NOTIFICATION_FINISH_REQUEST
} REQUEST_NOTIFICATION_STATUS;

typedef enum GLOBAL_NOTIFICATION_STATUS {
  GL_NOTIFICATION_CONTINUE,
  GL_NOTIFICATION_HANDLED
} GLOBAL_NOTIFICATION_STATUS;

enum { RQ_EXECUTE_REQUEST_HANDLER = 0x80 };
enum { GL_STOP_LISTENING = 0x2, GL_CONFIGURATION_CHANGE = 0x40 };

typedef void *HTTP_MODULE_ID;

typedef struct IAppHostAdminManager IAppHostAdminManager;
typedef struct IAppHostConfigException IAppHostConfigException;
typedef struct CGlobalModule CGlobalModule;
typedef struct CHttpModule CHttpModule;
typedef struct IHttpContext IHttpContext;
typedef struct IHttpRequest IHttpRequest;
typedef struct IHttpResponse IHttpResponse;
typedef struct IHttpServer IHttpServer;
#endif
