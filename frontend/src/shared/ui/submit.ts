import { reactive, ref } from 'vue'

import { ApiError } from '@/shared/api'
import { t } from '@/shared/i18n'

/**
 * What every form does: it is busy while the request runs, ignores a second press, and shows the server's
 * refusal beside the field at fault, or above the buttons when it concerns no field.
 *
 * @param fields the fields the form shows, by the names of the API
 */
export function useSubmit<Field extends string>(fields: readonly Field[], send: () => Promise<void>) {
  const busy = ref(false)
  const error = ref('')
  const fieldErrors = reactive<Record<string, string>>({})

  async function submit() {
    if (busy.value) return
    busy.value = true
    error.value = ''
    for (const field of fields) delete fieldErrors[field]
    try {
      await send()
    } catch (failure) {
      show(failure)
    } finally {
      busy.value = false
    }
  }

  function show(failure: unknown) {
    const message = failure instanceof Error ? failure.message : t('error.unknown')
    const field = failure instanceof ApiError ? fields.find((one) => one === failure.field) : undefined
    if (field) fieldErrors[field] = message
    else error.value = message
  }

  return { busy, error, fieldErrors: fieldErrors as Partial<Record<Field, string>>, submit }
}
