import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi, type MockInstance } from 'vitest'

import type { Team } from '@/shared/api'
import { dispatcher, realtime } from '@/shared/realtime'
import { aBootstrap } from '@/shared/testing'

import { listenToTeams } from './events'
import { useTeams } from './store'

let refetched: MockInstance

const aTeam = (more: Partial<Team> = {}): Team => ({
  id: 't',
  name: 'looms',
  display_name: 'Looms',
  description: '',
  open: false,
  invite_id: 'invitation',
  created_at: 1,
  updated_at: 1,
  archived_at: null,
  ...more,
})

let seq = 0
const updated = (team: Team) => dispatcher.dispatch({ type: 'team.updated', data: team, seq: ++seq })

beforeEach(() => {
  setActivePinia(createPinia())
  refetched = vi.spyOn(realtime, 'refetch')
  useTeams().apply(aBootstrap({ teams: [aTeam()] }))
  listenToTeams()
})

it('forgets an invitation that may have been renewed', () => {
  updated(aTeam({ updated_at: 2, invite_id: null }))
  expect(useTeams().byId.get('t')?.invite_id).toBeNull()
  expect(refetched).not.toHaveBeenCalled()
})

it('fetches again when a team is back from the archive', () => {
  updated(aTeam({ updated_at: 2, archived_at: 2 }))
  expect(useTeams().all).toHaveLength(0)
  updated(aTeam({ updated_at: 3 }))
  expect(refetched).toHaveBeenCalled()
})
