import type { ComponentChildren } from 'preact'
import { useLocation, useSearch } from 'wouter-preact'
import { useSession } from '../data/session.ts'
import { Foreign } from './foreign.tsx'
import { Freshness } from './freshness.tsx'
import { Link } from './link.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

const SECTIONS = [
  ['/agents', 'Agents'],
  ['/templates', 'Templates'],
  ['/releases', 'Releases'],
] as const

/** What every page has: the environment's band, the bar with sections and search, and the page itself. */
export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <EnvironmentBand />
      <Bar />
      <main id="main">{children}</main>
    </>
  )
}

function Bar() {
  const [path] = useLocation()
  return (
    <header class="bar">
      <Link to="/" class="mark" current={path === '/'}>
        NOFX
      </Link>
      <nav aria-label="Sections">
        {SECTIONS.map(([to, name]) => (
          <Link key={to} to={to} current={path === to || path.startsWith(`${to}/`)}>
            {name}
          </Link>
        ))}
      </nav>
      <SearchField />
      <Freshness />
      <ThemeSwitch />
      <Person />
    </header>
  )
}

function SearchField() {
  const [path, navigate] = useLocation()
  const kind = SECTIONS.find(([to]) => to !== '/releases' && path.startsWith(to))?.[0] ?? '/agents'
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const text = new FormData(event.currentTarget as HTMLFormElement).get('search')
    navigate(`${kind}?search=${encodeURIComponent(String(text ?? ''))}`)
  }
  return (
    <search class="search">
      <form onSubmit={submit}>
        <input
          type="search"
          name="search"
          aria-label={`Search ${kind.slice(1)}`}
          placeholder="Search"
          id="search"
        />
        <kbd>/</kbd>
      </form>
    </search>
  )
}

function Person() {
  const { registry, actor, signedIn } = useSession()
  return (
    <span class="person soft">
      {registry && <Foreign text={registry.environment === 'dev' ? 'nofx dev' : registry.name} />}
      {signedIn && actor && (
        <>
          {' · '}
          <Foreign text={actor} />
        </>
      )}
    </span>
  )
}

/** The environment is seen without reading: `nofx dev` is grey, a preview is striped, production has no band. */
function EnvironmentBand() {
  const preview = new URLSearchParams(useSearch()).get('env')
  const { registry } = useSession()
  if (preview)
    return (
      <p class="band is-preview">
        Preview <Foreign text={preview} />
      </p>
    )
  if (registry?.environment !== 'dev') return null
  return (
    <p class="band">
      nofx dev · <Foreign text={registry.name} />
    </p>
  )
}
