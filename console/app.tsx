import { QueryClient, QueryClientProvider } from '@tanstack/preact-query'
import { Route, Router, Switch } from 'wouter-preact'
import { isOutage, Problem } from './data/problem.ts'
import { EVERY, FRESH } from './data/queries.ts'
import { useSessionChanges } from './data/session-changes.ts'
import DefinitionPage from './pages/definition.tsx'
import History from './pages/history.tsx'
import List from './pages/list.tsx'
import NotFound from './pages/not-found.tsx'
import Now from './pages/now.tsx'
import Releases from './pages/releases.tsx'
import { useScrollMemory } from './parts/lists/scroll-memory.ts'
import { MoveHost } from './parts/moves/move-host.tsx'
import { useKeys } from './parts/shell/keys.ts'
import { Shell } from './parts/shell/shell.tsx'
import { Later, type Loading } from './parts/states/later.tsx'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH,
      refetchInterval: EVERY,
      // A browser that believes to be offline may still reach a server on its own machine.
      networkMode: 'always',
      retry: (count, error) => isOutage(error) && count < 3,
      retryDelay: (count, error) =>
        (error instanceof Problem && error.retryAfter) || Math.min(1000 * 2 ** count, EVERY),
    },
  },
})

/** Pages that need more than the others are loaded when they are first opened. */
const DIFF: Loading = () => import('./pages/diff.tsx')
const INSTANTIATE: Loading = () => import('./pages/instantiate.tsx')
const SIGN_IN: Loading = () => import('./pages/sign-in.tsx')

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
            <Route path="/sign-in">
              <Later load={SIGN_IN} />
            </Route>
            <Route path="/:kind">{({ kind }) => <List key={kind} />}</Route>
            <Route path="/:kind/:id">{({ kind, id }) => <DefinitionPage key={`${kind}/${id}`} />}</Route>
            <Route path="/:kind/:id/history">{({ kind, id }) => <History key={`${kind}/${id}`} />}</Route>
            <Route path="/:kind/:id/diff">
              <Later load={DIFF} />
            </Route>
            <Route path="/:kind/:id/instantiate">
              <Later load={INSTANTIATE} />
            </Route>
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
  return null
}
