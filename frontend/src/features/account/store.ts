import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { csrfToken, type Bootstrap, type Me, type Permissions, type Server } from '@/shared/api'

import { accountApi } from './api'

/** Where a permission is asked for, besides the whole installation. */
interface Place {
  teamId?: string | null
  /** The caller's roles in a channel. */
  channelRoles?: string[]
}

/** Who is logged in, and what they may do. */
export const useAccount = defineStore('account', () => {
  const server = shallowRef<Server | null>(null)
  const account = shallowRef<Me | null>(null)
  const permissions = shallowRef<Permissions>({ system: [], teams: {}, channel_roles: {} })
  /** The cookie says that there may be a session; only the server knows. */
  const maybeSignedIn = ref(csrfToken() !== undefined)

  const me = computed(() => {
    if (!account.value) throw new Error('Nobody is logged in.')
    return account.value
  })

  function apply(bootstrap: Bootstrap) {
    server.value = bootstrap.server
    permissions.value = bootstrap.permissions
    upsert(bootstrap.me)
  }

  function upsert(next: Me) {
    if (account.value?.id === next.id && account.value.updated_at > next.updated_at) return
    account.value = next
  }

  /** Whether to offer something. The server decides again when it is done. */
  function can(permission: string, place: Place = {}): boolean {
    const { system, teams, channel_roles } = permissions.value
    return (
      system.includes(permission) ||
      (!!place.teamId && !!teams[place.teamId]?.includes(permission)) ||
      !!place.channelRoles?.some((role) => channel_roles[role]?.includes(permission))
    )
  }

  /** Whether the permissions of these roles in channels are known. */
  const knows = (channelRoles: string[]) => channelRoles.every((role) => role in permissions.value.channel_roles)

  async function refreshPermissions() {
    permissions.value = await accountApi.permissions()
  }

  async function loadServer() {
    server.value ??= await accountApi.server()
    return server.value
  }

  return { server, account, me, maybeSignedIn, apply, upsert, can, knows, refreshPermissions, loadServer }
})
