import { dispatcher } from '@/shared/realtime'

import { useChannels } from './store'

export function listenToChannels() {
  const channels = useChannels()
  dispatcher.on('channel.joined', channels.upsertJoined)
  dispatcher.on('channel.left', ({ channel_id }) => channels.remove(channel_id))
  dispatcher.on('channel.updated', (channel) => {
    // A place outlives the archive, from which the channel may come back; without one it is somebody else's channel.
    if (channels.memberships.has(channel.id)) channels.upsert(channel)
  })
  dispatcher.on('team.left', ({ team_id }) => channels.removeOfTeam(team_id))
  dispatcher.on('team.updated', (team) => {
    if (team.archived_at) channels.removeOfTeam(team.id)
  })
  dispatcher.on('membership.updated', channels.updateSettings)
  dispatcher.on('channels.read', (read) => channels.applyRead(read.channels))
  dispatcher.on('post.created', channels.countPost)
}
