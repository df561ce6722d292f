import type { ComponentChildren } from 'preact'
import { useLocation, useSearch } from 'wouter-preact'
import { type From, PRODUCTION } from '../../data/queries.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { useVersionKeys } from './change-keys.ts'

interface ChoicesProps {
  from: From
  to: number
  newest: number
  live?: number
  /** The preview that the page shows; it can be compared with production. */
  env?: string
}

/** Versions that can be chosen; older ones are named in the address. */
const MOST = 200

/** Which versions are compared, and how the change is shown. All of it is in the address. */
export function DiffChoices({ from, to, newest, live, env }: ChoicesProps) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const query = new URLSearchParams(search)
  const set = (changes: Record<string, string | undefined>) => navigate(path + withQuery(search, changes))
  useVersionKeys({ from, to, newest })
  const recent = Array.from({ length: Math.min(newest, MOST) }, (_none, at) => newest - at)
  const versions = [...new Set([...recent, ...(from === PRODUCTION ? [] : [from]), to])]
  const isSplit = query.get('view') === 'split'
  const showsBlanks = query.get('blanks') !== 'off'
  const common = { versions, live }
  return (
    <div class="choices">
      <Version name="from" value={from} {...common} choose={(version) => set({ from: version })}>
        {env !== undefined && <option value={PRODUCTION}>production (live)</option>}
      </Version>
      <span aria-hidden="true" class="soft">
        →
      </span>
      <Version name="to" value={to} {...common} choose={(version) => set({ to: version })} />
      <label class="choice-blanks soft">
        <input
          type="checkbox"
          checked={showsBlanks}
          onChange={() => set({ blanks: showsBlanks ? 'off' : undefined })}
        />
        whitespace
      </label>
      <fieldset class="segments">
        <legend class="visually-hidden">View</legend>
        <button type="button" aria-pressed={!isSplit} onClick={() => set({ view: undefined })}>
          unified
        </button>
        <button type="button" aria-pressed={isSplit} onClick={() => set({ view: 'split' })}>
          split
        </button>
      </fieldset>
    </div>
  )
}

interface VersionProps {
  name: string
  value: From
  versions: readonly number[]
  live?: number
  choose: (version: string) => void
  /** What can be chosen beside the versions. */
  children?: ComponentChildren
}

function Version({ name, value, versions, live, choose, children }: VersionProps) {
  return (
    <label class="soft">
      {name}{' '}
      <select value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {children}
        {versions.map((version) => (
          <option key={version} value={version}>
            v{version}
            {version === live ? ' (live)' : ''}
          </option>
        ))}
      </select>
    </label>
  )
}
