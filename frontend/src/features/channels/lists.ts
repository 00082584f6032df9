import type { Channel } from '@/shared/api'

import { channelTitle } from './describe'
import { useChannels } from './store'

/** The sidebar shows this many conversations; older ones are found with the switcher. */
const MOST_DIRECT = 40

/** The caller's channels in a team, by name. */
export function teamChannels(teamId: string): Channel[] {
  return [...useChannels().byId.values()]
    .filter((channel) => channel.team_id === teamId && !channel.archived_at)
    .sort((a, b) => a.display_name.localeCompare(b.display_name))
}

/** Every team has this channel, and all its members are in it. */
const MEETING_PLACE = 'town-square'

/** The channel to show to somebody who names none. */
export function firstChannel(teamId: string): Channel | undefined {
  const all = teamChannels(teamId)
  return all.find((channel) => channel.name === MEETING_PLACE) ?? all[0]
}

/** Direct and group conversations, the latest first. */
export function directChannels(): Channel[] {
  const activity = (channel: Channel) => Math.max(channel.last_post_at, channel.created_at)
  return [...useChannels().byId.values()]
    .filter((channel) => channel.kind === 'direct' || channel.kind === 'group')
    .sort((a, b) => activity(b) - activity(a))
    .slice(0, MOST_DIRECT)
}

/** Everything the switcher can jump to, unread ones first, then by title. */
export function switchTargets(): { channel: Channel; title: string; unread: boolean }[] {
  const channels = useChannels()
  return [...channels.byId.values()]
    .filter((channel) => !channel.archived_at)
    .map((channel) => ({
      channel,
      title: channelTitle(channel),
      unread: channels.unread(channel.id) || channels.mentions(channel.id) > 0,
    }))
    .sort((a, b) => Number(b.unread) - Number(a.unread) || b.channel.last_post_at - a.channel.last_post_at)
}
