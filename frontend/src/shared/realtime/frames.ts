import type { components } from '@/shared/api/generated'
import type { Action, Problem } from '@/shared/api'

type AnyEvent = components['schemas']['Event']

/** What each event carries, by its type. */
export type EventMap = { [E in AnyEvent as E['type']]: E['data'] }
export type EventType = keyof EventMap

/** An event as it travels: `seq` counts from 0 within one connection id. */
export type EventFrame = AnyEvent & { seq: number }

/** The answer to the action with the same id; it has no sequence number. */
export type ReplyFrame = { reply: number; ok: boolean; data?: unknown; problem?: Problem }

export type Frame = EventFrame | ReplyFrame

export type OutgoingAction = Action
