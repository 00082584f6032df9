import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi, type MockInstance } from 'vitest'

import { dispatcher } from '@/shared/realtime'
import { aBootstrap, aMembership } from '@/shared/testing'

import { accountApi } from './api'
import { listenToAccount } from './events'
import { useAccount } from './store'

let asked: MockInstance<typeof accountApi.permissions>

beforeEach(() => {
  setActivePinia(createPinia())
  const granted = { system: ['manage_system'], teams: {}, channel_roles: {} }
  asked = vi.spyOn(accountApi, 'permissions').mockResolvedValue(granted)
  useAccount().apply(aBootstrap({ permissions: { system: [], teams: {}, channel_roles: { channel_user: [] } } }))
  listenToAccount()
})

it('asks for the permissions again when the roles are others', async () => {
  const { me } = useAccount()
  dispatcher.dispatch({ type: 'me.updated', data: { ...me, nickname: 'Countess' }, seq: 1 })
  dispatcher.dispatch({ type: 'membership.updated', data: aMembership(), seq: 2 })
  expect(asked).not.toHaveBeenCalled()
  dispatcher.dispatch({ type: 'me.updated', data: { ...me, roles: [...me.roles, 'system_admin'] }, seq: 3 })
  await vi.waitFor(() => expect(useAccount().can('manage_system')).toBe(true))
})

it('asks for the permissions again when the place in a team is another', () => {
  const member = { team_id: 't', user_id: 'me', roles: ['team_user', 'team_admin'], joined_at: 1 }
  dispatcher.dispatch({ type: 'team.member_updated', data: member, seq: 1 })
  expect(asked).toHaveBeenCalled()
})
