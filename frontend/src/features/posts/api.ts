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
const ofPost = (id: string) => ({ params: { path: { post_id: id } } })

export const postsApi = {
  page({ channelId, rootId }: Place, query: PageQuery) {
    if (!rootId) {
      return body(
        api.GET('/api/v1/channels/{channel_id}/posts', { params: { path: { channel_id: channelId }, query: { ...query, limit: PAGE } } }),
      )
    }
    const { before, after } = query
    return body(
      api.GET('/api/v1/posts/{post_id}/thread', { params: { path: { post_id: rootId }, query: { before, after, limit: PAGE } } }),
    )
  },
  get: (id: string) => body(api.GET('/api/v1/posts/{post_id}', ofPost(id))),
  create: ({ channelId, rootId }: Place, message: string, clientId: string) =>
    body(
      api.POST('/api/v1/channels/{channel_id}/posts', {
        params: { path: { channel_id: channelId } },
        body: { message, root_id: rootId, client_id: clientId },
      }),
    ),
  edit: (id: string, message: string) => body(api.PATCH('/api/v1/posts/{post_id}', { ...ofPost(id), body: { message } })),
  remove: (id: string) => api.DELETE('/api/v1/posts/{post_id}', ofPost(id)),
  markThreadRead: (rootId: string) => api.POST('/api/v1/posts/{post_id}/thread/read', ofPost(rootId)),
  react: (id: string, emoji: string) =>
    api.PUT('/api/v1/posts/{post_id}/reactions/{emoji}', { params: { path: { post_id: id, emoji } } }),
  unreact: (id: string, emoji: string) =>
    api.DELETE('/api/v1/posts/{post_id}/reactions/{emoji}', { params: { path: { post_id: id, emoji } } }),
}
