import { connection, realtime } from '@/shared/realtime'

const IDLE_MS = 5 * 60_000
const REPEAT_MS = 60_000

/** Tells the server whether somebody is at the device, so that presence turns to "away" and back. */
export function reportActivity() {
  let lastTold = 0
  let idleTimer: ReturnType<typeof setTimeout> | undefined
  let active = true

  function tell(now: boolean) {
    active = now
    lastTold = Date.now()
    realtime.send({ action: 'active', data: { active: now } })
  }

  function onInput() {
    clearTimeout(idleTimer)
    idleTimer = setTimeout(() => tell(false), IDLE_MS)
    if (connection.phase !== 'online') return
    if (!active || Date.now() - lastTold > REPEAT_MS) tell(true)
  }

  for (const type of ['pointerdown', 'keydown', 'focus']) addEventListener(type, onInput, { passive: true })
  onInput()
}
