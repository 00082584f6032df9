import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'

import type { Bootstrap, JoinedTeam, Team } from '@/shared/api'

/** The caller's teams. */
export const useTeams = defineStore('teams', () => {
  const byId = shallowReactive(new Map<string, Team>())

  const all = computed(() =>
    [...byId.values()]
      .filter((team) => !team.archived_at)
      .sort((a, b) => a.display_name.localeCompare(b.display_name)),
  )

  function apply(bootstrap: Bootstrap) {
    byId.clear()
    bootstrap.teams.forEach(upsert)
  }

  function upsert(team: Team) {
    const known = byId.get(team.id)
    if (known && known.updated_at > team.updated_at) return
    byId.set(team.id, team)
  }

  const upsertJoined = (joined: JoinedTeam) => upsert(joined.team)
  const remove = (id: string) => byId.delete(id)
  const byName = (name: string) => all.value.find((team) => team.name === name)

  return { byId, all, apply, upsert, upsertJoined, remove, byName }
})
