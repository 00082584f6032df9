import type { Membership } from '@/shared/api'
import { dispatcher } from '@/shared/realtime'

import { useAccount } from './store'

export function listenToAccount() {
  const account = useAccount()

  // A new place or other roles may bring permissions that were not in the first answer.
  const refresh = () => void account.refreshPermissions().catch(() => undefined)
  const check = ({ roles }: Membership) => {
    if (!account.knows(roles)) refresh()
  }

  dispatcher.on('me.updated', (me) => {
    if (String(me.roles) !== String(account.me.roles)) refresh()
    account.upsert(me)
  })
  dispatcher.on('team.joined', refresh)
  dispatcher.on('team.member_updated', refresh)
  dispatcher.on('channel.joined', ({ membership }) => check(membership))
  dispatcher.on('membership.updated', check)
}
