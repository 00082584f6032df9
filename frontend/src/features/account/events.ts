import type { Membership } from '@/shared/api'
import { dispatcher } from '@/shared/realtime'

import { useAccount } from './store'

export function listenToAccount() {
  const account = useAccount()

  // A new place may bring roles whose permissions were not in the first answer.
  const refresh = () => void account.refreshPermissions().catch(() => undefined)
  const check = ({ roles }: Membership) => {
    if (!account.knows(roles)) refresh()
  }

  dispatcher.on('me.updated', account.upsert)
  dispatcher.on('team.joined', refresh)
  dispatcher.on('channel.joined', ({ membership }) => check(membership))
  dispatcher.on('membership.updated', check)
}
