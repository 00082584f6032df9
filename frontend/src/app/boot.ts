import type { RouteLocationNormalized } from 'vue-router'

import { accountApi, enter, listenToAccount, useAccount } from '@/features/account'
import { listenToChannels, useChannels } from '@/features/channels'
import { listenToPeople, usePeople } from '@/features/people'
import { listenToPosts, useHistories } from '@/features/posts'
import { listenToTeams, useTeams } from '@/features/teams'
import { listenToTyping } from '@/features/typing'
import { api, body, whenSignedOut, type Bootstrap } from '@/shared/api'
import { loadEmoji } from '@/shared/emoji'
import { backoff, dispatcher, realtime, whenOnline } from '@/shared/realtime'

/** How long the first paint waits for the socket, so that one snapshot is enough. */
const HELLO_MS = 1_500

let booted: Promise<void> | null = null

/** Loads everything for the first paint, once, and keeps it true from then on. */
export function boot(wanted: RouteLocationNormalized): Promise<void> {
  return (booted ??= start(wanted))
}

function start(wanted: RouteLocationNormalized): Promise<void> {
  listenToAccount()
  listenToTeams()
  listenToPeople()
  listenToChannels()
  listenToPosts()
  listenToTyping()
  whenSignedOut(() => enter(`/login?next=${encodeURIComponent(location.pathname + location.search)}`))
  // A refused socket does not say why; this request does, and a session that is over ends above.
  realtime.onRefused(() => void accountApi.me().catch(() => undefined))

  return new Promise<void>((resolve, reject) => {
    const synced = () => sync(wanted).then(resolve, reject)
    const impatient = setTimeout(synced, HELLO_MS)
    realtime.onHello(() => {
      clearTimeout(impatient)
      void synced()
    })
    realtime.start()
  }).then(() => {
    // Names of emoji show as characters as soon as the table is there; the first paint does not wait.
    setTimeout(() => void loadEmoji())
  })
}

let running = false
let again = false
let complete = false

/**
 * Fetches a snapshot and then applies the events that came meanwhile. Whatever the events say happened after
 * the `hello`, and the snapshot is asked for after it: together they miss nothing.
 */
async function sync(wanted: RouteLocationNormalized) {
  dispatcher.hold()
  again = true
  if (running) return
  running = true
  try {
    while (again) {
      again = false
      apply(await snapshot(wanted))
      again ||= !dispatcher.release()
      if (again) dispatcher.hold()
    }
  } finally {
    running = false
  }
}

async function snapshot({ params }: RouteLocationNormalized): Promise<Bootstrap> {
  const query = { team: text(params.team), channel: text(params.channel) }
  for (let attempt = 0; ; attempt++) {
    try {
      return await body(api.GET('/api/v1/bootstrap', { params: { query } }))
    } catch (error) {
      if (!complete) throw error
      await new Promise((resolve) => setTimeout(resolve, backoff(attempt)))
      await whenOnline()
    }
  }
}

function apply(bootstrap: Bootstrap) {
  useAccount().apply(bootstrap)
  useTeams().apply(bootstrap)
  usePeople().apply(bootstrap)
  useChannels().apply(bootstrap)
  const { open } = bootstrap
  if (complete) useHistories().distrust()
  else if (open) useHistories().show({ channelId: open.channel_id, rootId: null }, open.page)
  complete = true
}

const text = (param: string | string[] | undefined) => (typeof param === 'string' ? param : undefined)
