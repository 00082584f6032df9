import { api, body, type JoinedChannel } from '@/shared/api'

export interface NewChannel {
  name: string
  displayName: string
  purpose: string
  private: boolean
}

const inChannel = (id: string) => ({ params: { path: { channel_id: id } } })

export const channelsApi = {
  get: (id: string) => body(api.GET('/api/v1/channels/{channel_id}', inChannel(id))),
  browse: (teamId: string, q: string, cursor?: string) =>
    body(
      api.GET('/api/v1/teams/{team_id}/channels', {
        params: { path: { team_id: teamId }, query: { q: q || undefined, cursor, limit: 60 } },
      }),
    ),
  create: (teamId: string, channel: NewChannel) =>
    body(
      api.POST('/api/v1/teams/{team_id}/channels', {
        params: { path: { team_id: teamId } },
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
    body(api.PATCH('/api/v1/channels/{channel_id}', { ...inChannel(id), body: changes })),
  members: (id: string, cursor?: string) =>
    body(api.GET('/api/v1/channels/{channel_id}/members', { params: { path: { channel_id: id }, query: { cursor, limit: 100 } } })),
  add: (id: string, userId: string) =>
    body(api.POST('/api/v1/channels/{channel_id}/members', { ...inChannel(id), body: { user_id: userId } })),
  /** Adding oneself is joining; then the answer has one's place in the channel. */
  join: async (id: string, myId: string): Promise<JoinedChannel> => {
    const { channel, membership } = await channelsApi.add(id, myId)
    if (!membership) throw new Error('Whoever joins a channel has a place in it.')
    return { channel, membership }
  },
  remove: (id: string, userId: string) =>
    api.DELETE('/api/v1/channels/{channel_id}/members/{user_id}', { params: { path: { channel_id: id, user_id: userId } } }),
  view: (id: string) => body(api.POST('/api/v1/channels/{channel_id}/view', inChannel(id))),
  markUnread: (id: string, postId: string) =>
    body(api.POST('/api/v1/channels/{channel_id}/unread', { ...inChannel(id), body: { post_id: postId } })),
}
