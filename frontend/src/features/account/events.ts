import { dispatcher } from '@/shared/realtime'

import { useAccount } from './store'

export function listenToAccount() {
  const account = useAccount()
  dispatcher.on('me.updated', account.upsert)
}
