/* config.h: the server's configuration: sections, elements, properties.  Real COM objects, unlike
   the rest: they are counted, and their methods are stdcall. */
#ifndef IIS_ABI_CONFIG_H
#define IIS_ABI_CONFIG_H
#include "abi/call.h"

typedef void(WINAPI *iis_com_slot)(void); /* one that is never called */

/* The first three of each. */
#define IIS_UNKNOWN(type)                                                                          \
  iis_com_slot QueryInterface, AddRef;                                                             \
  ULONG(WINAPI *Release)(type *);

typedef struct IAppHostProperty IAppHostProperty;
typedef struct IAppHostPropertyTable {
  IIS_UNKNOWN(IAppHostProperty)
  iis_com_slot get_Name;
  HRESULT(WINAPI *get_Value)(IAppHostProperty *, VARIANT *);
  iis_com_slot put_Value, Clear;
  HRESULT(WINAPI *get_StringValue)(IAppHostProperty *, BSTR *);
  iis_com_slot get_Exception, GetMetadata, SetMetadata, get_Schema;
} IAppHostPropertyTable;
struct IAppHostProperty {
  const IAppHostPropertyTable *table;
};

typedef struct IAppHostElement IAppHostElement;
typedef struct IAppHostElementCollection IAppHostElementCollection;
typedef struct IAppHostElementCollectionTable {
  IIS_UNKNOWN(IAppHostElementCollection)
  HRESULT(WINAPI *get_Count)(IAppHostElementCollection *, DWORD *);
  HRESULT(WINAPI *get_Item)(IAppHostElementCollection *, VARIANT index, IAppHostElement **);
  iis_com_slot AddElement, DeleteElement, Clear, CreateNewElement, get_Schema;
} IAppHostElementCollectionTable;
struct IAppHostElementCollection {
  const IAppHostElementCollectionTable *table;
};

typedef struct IAppHostElementTable {
  IIS_UNKNOWN(IAppHostElement)
  iis_com_slot get_Name;
  HRESULT(WINAPI *get_Collection)(IAppHostElement *, IAppHostElementCollection **);
  iis_com_slot get_Properties, get_ChildElements, GetMetadata, SetMetadata, get_Schema;
  HRESULT(WINAPI *GetElementByName)(IAppHostElement *, BSTR name, IAppHostElement **);
  HRESULT(WINAPI *GetPropertyByName)(IAppHostElement *, BSTR name, IAppHostProperty **);
  iis_com_slot Clear, get_Methods;
} IAppHostElementTable;
struct IAppHostElement {
  const IAppHostElementTable *table;
};

typedef struct IAppHostAdminManagerTable {
  IIS_UNKNOWN(IAppHostAdminManager)
  HRESULT(WINAPI *GetAdminSection)
  (IAppHostAdminManager *, BSTR section, BSTR path, IAppHostElement **);
  iis_com_slot GetMetadata, SetMetadata, get_ConfigManager;
} IAppHostAdminManagerTable;
struct IAppHostAdminManager {
  const IAppHostAdminManagerTable *table;
};
#endif
