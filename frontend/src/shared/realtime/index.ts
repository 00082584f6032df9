export { backoff } from './backoff'
export { connection, dispatcher, realtime, whenOnline } from './connection'
export type { EventMap, EventType } from './frames'
