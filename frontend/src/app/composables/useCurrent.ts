import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { channelRoute, channelsApi, firstChannel, others, useChannels } from '@/features/channels'
import { peopleApi, usePeople } from '@/features/people'
import { useTeams } from '@/features/teams'
import type { Channel } from '@/shared/api'
import { toastError } from '@/shared/ui'

import { lastChannel, rememberChannel } from '../lastChannel'

/** What the address names: the team, the channel, the thread beside it, the post to point at. */
export function useCurrent() {
  const route = useRoute()
  const router = useRouter()
  const teams = useTeams()
  const channels = useChannels()
  const people = usePeople()
  const opening = ref(false)

  const param = (name: string) => String(route.params[name] ?? '')
  const queried = (name: string) => (typeof route.query[name] === 'string' ? route.query[name] : null)

  const team = computed(() => teams.byName(param('team')))
  const channel = computed(() => (team.value ? find(team.value.id) : undefined))
  const channelMissing = computed(() => !channel.value && !opening.value && route.name !== 'team')

  function find(teamId: string): Channel | undefined {
    const all = [...channels.byId.values()]
    if (route.name === 'channel') {
      return all.find((one) => one.team_id === teamId && one.name === param('channel'))
    }
    if (route.name !== 'messages') return undefined
    const who = param('who')
    const userId = who.startsWith('@') ? people.byUsername(who.slice(1))?.id : undefined
    return userId
      ? all.find((one) => one.kind === 'direct' && others(one)[0] === userId)
      : channels.byId.get(who)
  }

  /** A conversation with somebody begins with its address. */
  watch(
    () => [route.name, param('who'), channel.value] as const,
    async ([name, who]) => {
      if (name !== 'messages' || channel.value || !who.startsWith('@')) return
      opening.value = true
      try {
        const { users } = await peopleApi.lookUpName(who.slice(1))
        people.upsert(...users)
        if (users[0]) channels.upsertJoined(await channelsApi.openDirect([users[0].id]))
      } catch (error) {
        toastError(error)
      } finally {
        opening.value = false
      }
    },
    { immediate: true },
  )

  watch(
    [channel, () => team.value?.id],
    ([now, teamId]) => now && teamId && rememberChannel(teamId, now.id),
    { immediate: true },
  )

  /** Beside the list there is room for a channel: the one used last, or the first. */
  watch(
    () => [route.name, team.value?.id] as const,
    ([name, id]) => {
      if (name !== 'team' || !team.value || !id || !matchMedia('(min-width: 761px)').matches) return
      const next = channels.byId.get(lastChannel(id) ?? '') ?? firstChannel(id)
      if (next) void router.replace(channelRoute(next, team.value))
    },
    { immediate: true },
  )

  return {
    team,
    channel,
    channelMissing,
    threadId: computed(() => queried('thread')),
    postId: computed(() => queried('post')),
  }
}
