/* server.h: the worker process of the server. */
#ifndef IIS_ABI_SERVER_H
#define IIS_ABI_SERVER_H
#include "abi/call.h"

typedef struct IHttpServerTable {
  BOOL(IIS_METHOD *IsCommandLineLaunch)(const IHttpServer *);
  PCWSTR(IIS_METHOD *GetAppPoolName)(const IHttpServer *);
  iis_slot AssociateWithThreadPool, IncrementThreadCount, DecrementThreadCount;
  void(IIS_METHOD *ReportUnhealthy)(IHttpServer *, PCWSTR reason, HRESULT);
  void(IIS_METHOD *RecycleProcess)(IHttpServer *, PCWSTR reason);
  IAppHostAdminManager *(IIS_METHOD *GetAdminManager)(const IHttpServer *); /* borrowed */
  iis_slot GetFileInfo, FlushKernelCache, DoCacheOperation, NotifyCustomNotification;
  iis_slot GetPerfCounterInfo, RecycleApplication, NotifyConfigurationChange, NotifyFileChange;
  iis_slot DispenseContainer, AddFragmentToCache, ReadFragmentFromCache, RemoveFragmentFromCache;
  iis_slot GetWorkerProcessSettings, GetProtocolManagerCustomInterface, SatisfiesPrecondition;
  iis_slot GetTraceContext, RegisterFileChangeMonitor, GetExtendedInterface;
} IHttpServerTable;
struct IHttpServer {
  const IHttpServerTable *table;
};
#endif
