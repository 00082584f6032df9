import { watchEffect, type Ref } from 'vue'

import { channelTitle, useChannels } from '@/features/channels'
import type { Channel, Team } from '@/shared/api'

/** Names the tab, and counts mentions in it: "(2) Town Square - Harbour Works". */
export function useTitle(team: Ref<Team | undefined>, channel: Ref<Channel | undefined>) {
  const channels = useChannels()
  watchEffect(() => {
    const ids = [...channels.byId.keys()]
    const mentions = ids.reduce((sum, id) => sum + channels.mentions(id), 0)
    const unread = ids.some((id) => channels.unread(id) && !channels.memberships.get(id)?.muted)
    const mark = mentions ? `(${mentions}) ` : unread ? '• ' : ''
    const parts = [channel.value && channelTitle(channel.value), team.value?.display_name ?? 'RustChat']
    document.title = mark + parts.filter(Boolean).join(' - ')
  })
}
