import { api, body } from '@/shared/api'

export interface NewChannel {
  name: string
  displayName: string
  purpose: string
  private: boolean
}

const path = (id: string) => ({ params: { path: { id } } })

export const channelsApi = {
  get: (id: string) => body(api.GET('/api/v1/channels/{id}', path(id))),
  browse: (teamId: string, q: string, cursor?: string) =>
    body(
      api.GET('/api/v1/teams/{id}/channels', {
        params: { path: { id: teamId }, query: { q: q || undefined, cursor, limit: 60 } },
      }),
    ),
  create: (teamId: string, channel: NewChannel) =>
    body(
      api.POST('/api/v1/teams/{id}/channels', {
        ...path(teamId),
        body: {
          name: channel.name,
          display_name: channel.displayName,
          purpose: channel.purpose,
          header: '',
          private: channel.private,
        },
      }),
    ),
  openDirect: (userIds: string[]) => body(api.POST('/api/v1/channels/direct', { body: { user_ids: userIds } })),
  patch: (id: string, changes: { display_name?: string; header?: string; purpose?: string }) =>
    body(api.PATCH('/api/v1/channels/{id}', { ...path(id), body: changes })),
  members: (id: string, cursor?: string) =>
    body(api.GET('/api/v1/channels/{id}/members', { params: { path: { id }, query: { cursor, limit: 100 } } })),
  add: (id: string, userId: string) =>
    body(api.POST('/api/v1/channels/{id}/members', { ...path(id), body: { user_id: userId } })),
  remove: (id: string, userId: string) =>
    api.DELETE('/api/v1/channels/{id}/members/{user_id}', { params: { path: { id, user_id: userId } } }),
  view: (id: string) => body(api.POST('/api/v1/channels/{id}/view', path(id))),
  markUnread: (id: string, postId: string) =>
    body(api.POST('/api/v1/channels/{id}/unread', { ...path(id), body: { post_id: postId } })),
}
