import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import type { Availability, Bootstrap, Status, User } from '@/shared/api'

import { peopleApi } from './api'

/** At most this many people are looked up in one request. */
const BATCH = 200

/** Everybody the client has met, and how reachable they are. */
export const usePeople = defineStore('people', () => {
  const byId = shallowReactive(new Map<string, User>())
  const statuses = shallowReactive(new Map<string, Availability>())
  const missing = new Set<string>()
  const asked = new Set<string>()

  function apply(bootstrap: Bootstrap) {
    upsert(bootstrap.me, ...bootstrap.users)
    setStatuses(bootstrap.statuses)
  }

  function upsert(...users: User[]) {
    for (const user of users) {
      const known = byId.get(user.id)
      if (!known || known.updated_at <= user.updated_at) byId.set(user.id, user)
    }
  }

  function setStatuses(list: Status[]) {
    for (const { user_id, status } of list) statuses.set(user_id, status)
  }

  /** Makes sure that these people will be known soon: unknown ones are looked up together, once. */
  function need(ids: Iterable<string>) {
    for (const id of ids) {
      if (byId.has(id) || asked.has(id)) continue
      asked.add(id)
      if (missing.size === 0) setTimeout(() => void lookUp())
      missing.add(id)
    }
  }

  async function lookUp() {
    const ids = [...missing]
    missing.clear()
    for (let at = 0; at < ids.length; at += BATCH) {
      const batch = ids.slice(at, at + BATCH)
      try {
        upsert(...(await peopleApi.lookUp(batch)).users)
      } catch {
        // Asked again when somebody needs them next.
        batch.forEach((id) => asked.delete(id))
      }
    }
  }

  const byUsername = (username: string) => [...byId.values()].find((user) => user.username === username)

  return { byId, statuses, apply, upsert, setStatuses, need, byUsername }
})
