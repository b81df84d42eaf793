import { expect, it } from 'vitest'
import { withFreshSteps } from '../../src/report/fresh-steps.js'
import type { Finding } from '../../src/rules/engine.js'
import { findMachines } from '../../src/rules/wire/next-steps.js'

const finding = { fixes: [findMachines('10.0.0.240', ['02:00:00:00:00:02'])] } as unknown as Finding

const commands = (command: string) =>
  withFreshSteps(finding, command).fixes.flatMap(({ steps }) => steps.map(({ run }) => run ?? ''))

it.each(['diagnose', 'check'])('leaves out what %s has just done', (command) => {
  expect(commands(command).filter((run) => run.startsWith('l2doctor'))).toEqual([])
  expect(commands(command).length).toBeGreaterThan(0)
})

it('leaves it in where less was looked at', () => {
  expect(commands('scan')[0]).toBe('l2doctor diagnose --vip 10.0.0.240')
})

it('names a live look at an IPv6 address too', () => {
  const six = { fixes: [findMachines('fd77::240', ['02:00:00:00:00:02'])] } as unknown as Finding
  const [fix] = withFreshSteps(six, 'scan').fixes
  expect(fix!.steps[0]!.run).toBe('l2doctor diagnose --vip fd77::240')
  expect(fix!.verify).toBe('l2doctor scan --vip fd77::240')
})
