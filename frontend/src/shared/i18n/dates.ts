import { en } from './en'

const language = navigator.language
const time = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' })
const day = new Intl.DateTimeFormat(language, { weekday: 'long', month: 'long', day: 'numeric' })
const dayWithYear = new Intl.DateTimeFormat(language, { month: 'long', day: 'numeric', year: 'numeric' })
const full = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' })

/** The clock time, as people of the browser's region write it. */
export const clock = (at: number) => time.format(at)

/** Day and time in full, for tooltips. */
export const moment = (at: number) => full.format(at)

/** A key that is the same for all moments of one local day. */
export function dayKey(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

/** "Today", "Yesterday", or the day. */
export function dayName(at: number, now = Date.now()): string {
  if (dayKey(at) === dayKey(now)) return en['date.today']
  const yesterday = new Date(now)
  yesterday.setDate(yesterday.getDate() - 1)
  if (dayKey(at) === dayKey(yesterday.getTime())) return en['date.yesterday']
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return (sameYear ? day : dayWithYear).format(at)
}

/** Day and time, short: "Today, 14:03". */
export const dayAndTime = (at: number) => `${dayName(at)}, ${clock(at)}`
