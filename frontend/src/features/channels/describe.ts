import type { RouteLocationRaw } from 'vue-router'

import { useAccount } from '@/features/account'
import { displayName, usePeople } from '@/features/people'
import type { Channel, Team } from '@/shared/api'
import { t } from '@/shared/i18n'

/** The people of a direct or group channel besides the caller; oneself in the channel with oneself. */
export function others(channel: Channel): string[] {
  const { me } = useAccount()
  const rest = channel.member_ids.filter((id) => id !== me.id)
  return rest.length ? rest : [me.id]
}

/** What the channel is called for the caller. */
export function channelTitle(channel: Channel): string {
  if (channel.kind === 'open' || channel.kind === 'private') return channel.display_name
  const { me } = useAccount()
  const people = usePeople()
  const names = others(channel).map((id) => {
    const user = people.byId.get(id)
    return user ? displayName(user) : '…'
  })
  if (channel.kind === 'direct' && others(channel)[0] === me.id) return t('channel.yourself', { name: names[0] ?? '' })
  return names.join(', ')
}

/** Where the channel is shown. */
export function channelRoute(channel: Channel, team: Pick<Team, 'name'>): RouteLocationRaw {
  if (channel.kind === 'open' || channel.kind === 'private') {
    return { name: 'channel', params: { team: team.name, channel: channel.name } }
  }
  const username = usePeople().byId.get(others(channel)[0] ?? '')?.username
  const who = channel.kind === 'direct' && username ? `@${username}` : channel.id
  return { name: 'messages', params: { team: team.name, who } }
}
