import { useRouter } from 'vue-router'

import type { Team } from '@/shared/api'

import { channelsApi } from './api'
import { channelRoute } from './describe'
import { useChannels } from './store'

/** Opens the conversation with these people, and makes it if there is none yet. */
export function useOpenDirect() {
  const router = useRouter()
  const channels = useChannels()
  return async (userIds: string[], team: Pick<Team, 'name'>) => {
    const joined = await channelsApi.openDirect(userIds)
    channels.upsertJoined(joined)
    await router.push(channelRoute(joined.channel, team))
  }
}
