import { useMoment } from './moment.ts'
import { useKinds } from './queries.ts'

/** What the server says about a kind; undefined until it has answered, and for a kind that it does not have. */
export function useKind(id: string) {
  return useKinds(useMoment()).data?.body.items.find((kind) => kind.id === id)
}
