import { useLocation, useSearch } from 'wouter-preact'
import type { Definition } from '../../data/queries.ts'
import { withQuery } from '../../model/address/url-state.ts'

/** Versions that can be chosen; older ones are named in the address. */
const MOST = 200

/** Tries another version: what would break if it were live. */
export function VersionChoice({ definition, shown }: { definition: Definition; shown: number }) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const { latestVersion, version, live } = definition
  if (latestVersion < 2) return null
  const recent = Array.from({ length: Math.min(latestVersion, MOST) }, (_none, at) => latestVersion - at)
  const versions = [...new Set([...recent, shown])]
  const choose = (text: string) =>
    navigate(path + withQuery(search, { version: live && Number(text) === version ? undefined : text }))
  return (
    <p class="choices">
      <label class="soft">
        try version{' '}
        <select value={shown} onChange={({ currentTarget }) => choose(currentTarget.value)}>
          {versions.map((one) => (
            <option key={one} value={one}>
              v{one}
              {live && one === version ? ' (live)' : ''}
            </option>
          ))}
        </select>
      </label>
    </p>
  )
}
