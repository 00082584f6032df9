import type { Ref } from 'vue'
import { useRouter } from 'vue-router'

import { channelRoute, directChannels, teamChannels, useChannels } from '@/features/channels'
import type { Channel, Team } from '@/shared/api'
import { useShortcut } from '@/shared/keyboard'

interface Shell {
  team: Ref<Team | undefined>
  channel: Ref<Channel | undefined>
  find: () => void
  help: () => void
  compose: () => void
}

/** Keys that work everywhere in the shell. `ShortcutsDialog` lists them. */
export function useShellShortcuts({ team, channel, find, help, compose }: Shell) {
  const router = useRouter()
  const channels = useChannels()

  function step(by: 1 | -1, unreadOnly: boolean) {
    if (!team.value) return
    const list = [...teamChannels(team.value.id), ...directChannels()]
    const here = list.findIndex((one) => one.id === channel.value?.id)
    for (let count = 1; count <= list.length; count++) {
      const next = list[(here + by * count + list.length * 2) % list.length]
      if (!next || (unreadOnly && !channels.unread(next.id))) continue
      return void router.push(channelRoute(next, team.value))
    }
  }

  /** From region to region: list, timeline, composer, thread. */
  function nextRegion(by: 1 | -1) {
    const regions = [...document.querySelectorAll<HTMLElement>('nav a, nav button, [role="log"], form textarea')].filter(
      (element, index, all) => element.offsetParent && all.findIndex((one) => regionOf(one) === regionOf(element)) === index,
    )
    const here = regions.findIndex((element) => regionOf(element) === regionOf(document.activeElement))
    regions.at((here + by) % regions.length)?.focus()
  }

  useShortcut('mod+k', find)
  useShortcut('mod+/', help)
  useShortcut('mod+shift+l', compose)
  useShortcut('alt+ArrowDown', () => step(1, false))
  useShortcut('alt+ArrowUp', () => step(-1, false))
  useShortcut('alt+shift+ArrowDown', () => step(1, true))
  useShortcut('alt+shift+ArrowUp', () => step(-1, true))
  useShortcut('F6', () => nextRegion(1))
  useShortcut('shift+F6', () => nextRegion(-1))
}

const regionOf = (element: Element | null) => element?.closest('nav, [role="log"], form')
