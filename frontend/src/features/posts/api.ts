import { api, body } from '@/shared/api'

/** What a list of posts shows: a channel's timeline, or the replies to a root. */
export interface Place {
  channelId: string
  rootId: string | null
}

/** Which part of it: around a post or the first unread one, before or after a post, else the newest. */
export interface PageQuery {
  around?: string
  before?: string
  after?: string
}

const PAGE = 60
const path = (id: string) => ({ params: { path: { id } } })

export const postsApi = {
  page({ channelId, rootId }: Place, query: PageQuery) {
    if (!rootId) {
      return body(
        api.GET('/api/v1/channels/{id}/posts', { params: { path: { id: channelId }, query: { ...query, limit: PAGE } } }),
      )
    }
    const { before, after } = query
    return body(
      api.GET('/api/v1/posts/{id}/thread', { params: { path: { id: rootId }, query: { before, after, limit: PAGE } } }),
    )
  },
  get: (id: string) => body(api.GET('/api/v1/posts/{id}', path(id))),
  create: ({ channelId, rootId }: Place, message: string, clientId: string) =>
    body(
      api.POST('/api/v1/channels/{id}/posts', {
        ...path(channelId),
        body: { message, root_id: rootId, client_id: clientId },
      }),
    ),
  edit: (id: string, message: string) => body(api.PATCH('/api/v1/posts/{id}', { ...path(id), body: { message } })),
  remove: (id: string) => api.DELETE('/api/v1/posts/{id}', path(id)),
  markThreadRead: (rootId: string) => api.POST('/api/v1/posts/{id}/thread/read', path(rootId)),
  react: (id: string, emoji: string) =>
    api.PUT('/api/v1/posts/{id}/reactions/{emoji}', { params: { path: { id, emoji } } }),
  unreact: (id: string, emoji: string) =>
    api.DELETE('/api/v1/posts/{id}/reactions/{emoji}', { params: { path: { id, emoji } } }),
}
