/* The part of Home for those who manage, organize or teach. */
#ifndef MUSTER_WEB_HOME_MANAGE_H
#define MUSTER_WEB_HOME_MANAGE_H
#include "web/view_home.h"
#include "web/web.h"

/* Fills what needs the reader, the sessions to come, recent acts and, of a new account, its first steps. */
void home_manage_fill(struct req *r, struct home_view *v);
#endif
