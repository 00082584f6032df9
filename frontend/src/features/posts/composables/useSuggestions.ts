import { computed, nextTick, ref, shallowRef, watch, type Ref } from 'vue'

import { displayName, peopleApi, usePeople } from '@/features/people'
import type { User } from '@/shared/api'
import { loadEmoji, searchEmoji } from '@/shared/emoji'

import { wordAt } from '../words'

const MOST_SHOWN = 6

export interface Suggestion {
  key: string
  /** What takes the place of the word that was begun. */
  insert: string
  label: string
  note: string
  userId?: string
  char?: string
}

/** Offers people and emoji for the word at the caret: `@gra`, `:tad`. */
export function useSuggestions(text: Ref<string>, area: Readonly<Ref<HTMLTextAreaElement | null>>) {
  const people = usePeople()
  const caret = ref(0)
  const selected = ref(0)
  const dismissed = ref('')
  const found = shallowRef<User[]>([])
  let latest = 0

  const word = computed(() => wordAt(text.value, caret.value))
  const items = computed<Suggestion[]>(() => {
    if (!word.value || word.value.text === dismissed.value) return []
    return word.value.sign === '@' ? persons(word.value.query) : emoji(word.value.query)
  })

  watch(word, async (now, before) => {
    if (now?.text === before?.text) return
    selected.value = 0
    if (!now) dismissed.value = ''
    if (now?.sign === ':') void loadEmoji()
    if (now?.sign !== '@') return
    const mine = ++latest
    try {
      const { users } = await peopleApi.search(now.query)
      people.upsert(...users)
      if (mine === latest) found.value = users
    } catch {
      // Those who are known already are offered all the same.
    }
  })

  function persons(query: string): Suggestion[] {
    const known = new Map([...found.value, ...people.byId.values()].map((user) => [user.id, user]))
    return [...known.values()]
      .filter((user) => !user.deactivated_at)
      .filter((user) => [user.username, ...displayName(user).split(' ')].some((name) => name.toLowerCase().startsWith(query)))
      .slice(0, MOST_SHOWN)
      .map((user) => ({ key: user.id, insert: `@${user.username} `, label: displayName(user), note: `@${user.username}`, userId: user.id }))
  }

  function emoji(query: string): Suggestion[] {
    return searchEmoji(query, MOST_SHOWN).map(({ char, names }) => ({
      key: names[0] ?? char,
      insert: `:${names[0]}: `,
      label: `:${names[0]}:`,
      note: '',
      char,
    }))
  }

  function track() {
    caret.value = area.value?.selectionEnd ?? 0
  }

  async function pick(item: Suggestion | undefined) {
    if (!item || !word.value) return
    const { start, end } = word.value
    text.value = text.value.slice(0, start) + item.insert + text.value.slice(end)
    await nextTick()
    const at = start + item.insert.length
    area.value?.focus()
    area.value?.setSelectionRange(at, at)
    track()
  }

  /** Whether the key was for the suggestions. */
  function onKey(event: KeyboardEvent): boolean {
    const count = items.value.length
    if (!count || event.isComposing) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) selected.value = (selected.value + step + count) % count
    else if (event.key === 'Enter' || event.key === 'Tab') void pick(items.value[selected.value])
    else if (event.key === 'Escape') dismissed.value = word.value?.text ?? ''
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  return { items, selected, track, pick, onKey }
}
