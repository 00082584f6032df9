import { dispatcher } from '@/shared/realtime'

import { useChannels } from './store'

export function listenToChannels() {
  const channels = useChannels()
  dispatcher.on('channel.joined', channels.upsertJoined)
  dispatcher.on('channel.left', ({ channel_id }) => channels.remove(channel_id))
  dispatcher.on('channel.updated', (channel) => {
    if (channels.byId.has(channel.id)) channels.upsert(channel)
  })
  dispatcher.on('membership.updated', channels.upsertMembership)
  dispatcher.on('channels.read', (read) => channels.applyRead(read.channels))
  dispatcher.on('post.created', channels.countPost)
}
