// An edge function, a deployment of the API and a test of a kind: they need the types of Request and Response.
import { createRegistryApi } from 'nofx/api'
import { describeKind } from 'nofx/conformance'
import { serveKind } from 'nofx/edge'
import { notes } from './kind.ts'

export default createRegistryApi({ kinds: [notes], log: (line) => void line.status })

export async function answer(request: Request): Promise<Response> {
  return createRegistryApi({ kinds: [notes], env: { SUPABASE_URL: 'https://example.supabase.co' } }).fetch(
    request,
  )
}

export const deploy = () => serveKind(notes)

describeKind('notes', async () => notes, {
  valid: [{ id: 'first', files: { 'note.json': '{ "noteId": "first", "title": "A note" }' } }],
  broken: [],
})
