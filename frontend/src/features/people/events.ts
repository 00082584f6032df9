import { dispatcher } from '@/shared/realtime'

import { reportActivity } from './activity'
import { usePeople } from './store'

export function listenToPeople() {
  const people = usePeople()
  dispatcher.on('user.updated', (user) => people.upsert(user))
  dispatcher.on('me.updated', (me) => people.upsert(me))
  dispatcher.on('status.changed', (status) => people.setStatuses([status]))
  dispatcher.on('post.created', ({ author }) => people.upsert(author))
  reportActivity()
}
