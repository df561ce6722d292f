import { QueryClient, QueryClientProvider } from '@tanstack/preact-query'
import { Route, Router, Switch } from 'wouter-preact'
import { useLiveFeed } from './data/feed/feed.ts'
import { isOutage, Problem } from './data/problem.ts'
import { EVERY, everySoOften, FRESH } from './data/queries.ts'
import { useSessionChanges } from './data/session-changes.ts'
import Overview from './pages/definition.tsx'
import History from './pages/history.tsx'
import List from './pages/list.tsx'
import NotFound from './pages/not-found.tsx'
import Now from './pages/now.tsx'
import Releases from './pages/releases.tsx'
import { useScrollMemory } from './parts/lists/scroll-memory.ts'
import { MoveHost } from './parts/moves/move-host.tsx'
import { Announcer } from './parts/shell/announcer.tsx'
import { useKeys } from './parts/shell/keys.ts'
import { Shell } from './parts/shell/shell.tsx'
import { Later, type Loading } from './parts/states/later.tsx'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH,
      refetchInterval: everySoOften,
      // A browser that believes to be offline may still reach a server on its own machine.
      networkMode: 'always',
      retry: (count, error) => isOutage(error) && count < 3,
      retryDelay: (count, error) =>
        (error instanceof Problem && error.retryAfter) || Math.min(1000 * 2 ** count, EVERY),
    },
  },
})

/** Pages that need more than the others, or are opened less often, are loaded when they are first opened. */
const LATER: readonly (readonly [path: string, page: Loading])[] = [
  ['/sign-in', () => import('./pages/sign-in.tsx')],
  ['/check', () => import('./pages/check.tsx')],
  ['/plans', () => import('./pages/plans.tsx')],
  ['/plans/:planId', () => import('./pages/plan.tsx')],
  ['/runs', () => import('./pages/runs.tsx')],
  ['/runs/:runId', () => import('./pages/run.tsx')],
  ['/previews', () => import('./pages/previews.tsx')],
  ['/previews/:name', () => import('./pages/preview.tsx')],
  ['/reports', () => import('./pages/reports.tsx')],
  ['/reports/:id', () => import('./pages/report.tsx')],
  ['/search', () => import('./pages/search.tsx')],
  ['/rules', () => import('./pages/rules.tsx')],
  ['/webhooks', () => import('./pages/webhooks.tsx')],
  ['/feed', () => import('./pages/feed.tsx')],
  ['/releases/:id', () => import('./pages/release.tsx')],
]
/** Pages of one definition; none keeps what it shows when the definition changes. */
const LATER_OF_ONE: readonly (readonly [name: string, page: Loading])[] = [
  ['diff', () => import('./pages/diff.tsx')],
  ['graph', () => import('./pages/graph.tsx')],
  ['instantiate', () => import('./pages/instantiate.tsx')],
  ['links', () => import('./pages/links.tsx')],
  ['v/:version', () => import('./pages/version.tsx')],
]

/** The console: everything below `/console`. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Router base="/console">
        <Everywhere />
        <Shell>
          <Switch>
            <Route path="/" component={Now} />
            <Route path="/releases" component={Releases} />
            {LATER.map(([path, page]) => (
              <Route key={path} path={path}>
                <Later load={page} />
              </Route>
            ))}
            <Route path="/:kind">{({ kind }) => <List key={kind} />}</Route>
            {/* The time of the address decides what is shown. */}
            <Route path="/:kind/:id/live">{({ kind, id }) => <Overview key={`${kind}/${id}`} />}</Route>
            <Route path="/:kind/:id">{({ kind, id }) => <Overview key={`${kind}/${id}`} />}</Route>
            <Route path="/:kind/:id/history">{({ kind, id }) => <History key={`${kind}/${id}`} />}</Route>
            {LATER_OF_ONE.map(([name, page]) => (
              <Route key={name} path={`/:kind/:id/${name}`}>
                {({ kind, id }) => <Later key={`${kind}/${id}`} load={page} />}
              </Route>
            ))}
            <Route component={NotFound} />
          </Switch>
        </Shell>
        <MoveHost />
      </Router>
    </QueryClientProvider>
  )
}

/** What all pages share, inside of the router. */
function Everywhere() {
  useKeys()
  useScrollMemory()
  useSessionChanges()
  useLiveFeed()
  return <Announcer />
}
