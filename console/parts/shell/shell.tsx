import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { useMoment } from '../../data/moment.ts'
import { useKinds } from '../../data/queries.ts'
import { lacks, useSession } from '../../data/session.ts'
import { carryQuery } from '../../model/address/url-state.ts'
import { Later } from '../states/later.tsx'
import { TimeToggle } from '../time/time-toggle.tsx'
import { Link } from '../words/link.tsx'
import { EnvironmentBand } from './environment-band.tsx'
import { Freshness } from './freshness.tsx'
import { KeyHelp } from './key-help.tsx'
import { MoreMenu } from './menu.tsx'
import { Person } from './person.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

/** The kinds before the server has named its own. */
const KINDS = [{ id: 'agents' }, { id: 'templates' }]

/** Sections beside the kinds; on a narrow screen they stand in the menu. */
const SECOND: readonly string[] = ['releases', 'feed']
/** These stand in the menu already where the bar has no room for everything. */
const THIRD: readonly string[] = ['previews', 'reports']

const TIME_BAR = () => import('../time/time-bar.tsx')

/** What every page has: the environment's band, the bar with sections and search, and the page itself. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { isPast } = useMoment()
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <EnvironmentBand />
      <Bar />
      {isPast && <Later load={TIME_BAR} isQuiet />}
      <main id="main">{children}</main>
    </>
  )
}

function Bar() {
  const [path] = useLocation()
  const kinds = useKinds(useMoment()).data?.body.items ?? KINDS
  const session = useSession()
  const third = THIRD.filter((name) => name !== 'previews' || !lacks(session, 'previews'))
  const sections = [...kinds.map(({ id }) => id), ...SECOND, ...third]
  return (
    <header class="bar">
      <Link to="/" class="bar-mark" current={path === '/'}>
        NOFX
      </Link>
      <nav class="sections" aria-label="Sections">
        {sections.map((name) => (
          <Link key={name} to={`/${name}`} class={classOf(name)} current={path.split('/')[1] === name}>
            {name.charAt(0).toUpperCase() + name.slice(1)}
          </Link>
        ))}
        <MoreMenu />
      </nav>
      <SearchField kind={kinds.find(({ id }) => path.split('/')[1] === id)?.id} />
      <Freshness />
      <TimeToggle />
      <KeyHelp />
      <ThemeSwitch />
      <Person />
    </header>
  )
}

function classOf(section: string): string {
  if (THIRD.includes(section)) return 'section is-widest-only'
  return SECOND.includes(section) ? 'section is-wide-only' : 'section'
}

/** Searches the kind that the page is about, and every kind elsewhere. */
function SearchField({ kind }: { kind: string | undefined }) {
  const [, navigate] = useLocation()
  const search = useSearch()
  const field = useRef<HTMLInputElement>(null)
  const label = `Search ${kind ?? 'everything'}`
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const text = field.current?.value.trim() ?? ''
    const place = `/${kind ?? 'search'}`
    navigate(carryQuery(text === '' ? place : `${place}?search=${encodeURIComponent(text)}`, search))
  }
  return (
    <search class="search">
      <form onSubmit={submit}>
        <input
          ref={field}
          class="search-field"
          type="search"
          aria-label={label}
          placeholder="Search"
          id="search"
        />
        <span class="key" aria-hidden="true">
          /
        </span>
      </form>
    </search>
  )
}
