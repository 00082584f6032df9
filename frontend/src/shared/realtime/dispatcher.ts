import type { EventFrame, EventMap, EventType } from './frames'

/** Events kept while held; a snapshot takes moments, so more than this means that something is stuck. */
const MOST_HELD = 10_000

type Handler<T extends EventType> = (data: EventMap[T]) => void

/** Hands each event to the features that asked for its type. */
export class Dispatcher {
  private handlers = new Map<EventType, Set<Handler<never>>>()
  private held: EventFrame[] | null = null
  private lost = false

  on<T extends EventType>(type: T, handler: Handler<T>): () => void {
    const all = this.handlers.get(type) ?? new Set()
    this.handlers.set(type, all)
    all.add(handler as Handler<never>)
    return () => all.delete(handler as Handler<never>)
  }

  /** Keeps events back while a snapshot is on its way; they come after it. */
  hold() {
    this.held = []
    this.lost = false
  }

  /** Lets the kept events through. False when there were too many: fetch the snapshot again. */
  release(): boolean {
    const events = this.held ?? []
    this.held = null
    events.forEach((event) => this.deliver(event))
    return !this.lost
  }

  dispatch(event: EventFrame) {
    if (!this.held) this.deliver(event)
    else if (this.held.length < MOST_HELD) this.held.push(event)
    else this.lost = true
  }

  private deliver(event: EventFrame) {
    for (const handler of this.handlers.get(event.type) ?? []) {
      try {
        handler(event.data as never)
      } catch (error) {
        // One feature's fault must not keep the event from the others.
        console.error(`A handler of ${event.type} failed`, error)
      }
    }
  }
}
