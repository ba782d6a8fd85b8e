// Asks Node.js, whose Intl knows Unicode's CLDR, how each language writes dates, and writes locales.json:
//   node generate.mjs
// LinkFlow carries these facts itself, so that a format comes out alike on every machine, whatever ICU it has.
import { writeFileSync } from 'node:fs';

// A region follows its language and holds only what differs from it.
const locales = {
  'en-US': null, 'en-GB': 'en-US', 'en-AU': 'en-GB', 'en-CA': 'en-US', 'en-IE': 'en-GB',
  de: null, 'de-AT': 'de', 'de-CH': 'de', fr: null, 'fr-BE': 'fr', 'fr-CA': 'fr', 'fr-CH': 'fr',
  es: null, 'es-MX': 'es', 'es-AR': 'es', it: null, 'it-CH': 'it', nl: null, 'nl-BE': 'nl', pt: null, 'pt-PT': 'pt',
  da: null, nb: null, sv: null,
};
const units = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'];
const styles = ['long', 'short', 'narrow'];
const widths = { '-': undefined, n: 'numeric', 2: '2-digit', s: 'short', l: 'long', w: 'narrow' };
const utc = (...parts) => new Date(Date.UTC(...parts));
const months = Array.from({ length: 12 }, (_, i) => utc(2009, i, 1, 7, 4, 9));
const weekdays = Array.from({ length: 7 }, (_, i) => utc(2016, 10, 14 + i));
const defined = o => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined));
const parts = (locale, options, date) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...defined(options) }).formatToParts(date);
const part = (locale, options, date, type) => parts(locale, options, date).find(p => p.type === type)?.value ?? null;

function names(locale) {
  const list = (dates, type, options) => Object.fromEntries(styles.map(s => [s, dates.map(d => part(locale, { [type]: s, ...options }, d, type))]));
  return {
    months: { format: list(months, 'month', { day: 'numeric' }), standalone: list(months, 'month', {}) },
    weekdays: { format: list(weekdays, 'weekday', { month: 'long', day: 'numeric' }), standalone: list(weekdays, 'weekday', {}) },
    eras: Object.fromEntries(styles.map(s => [s, [utc(-40, 0, 1), utc(2017, 0, 1)].map(d => part(locale, { era: s }, d, 'era'))])),
    dayPeriods: [9, 19].map(h => part(locale, { hour: 'numeric', hourCycle: 'h12' }, utc(2016, 10, 13, h), 'dayPeriod')),
  };
}

const letters = { month: { format: ['MMMM', 'MMM', 'MMMMM'], standalone: ['LLLL', 'LLL', 'LLLLL'] }, weekday: { format: ['EEEE', 'EEE', 'EEEEE'], standalone: ['cccc', 'ccc', 'ccccc'] } };

// The letters that stand for a name: those of the list that has all the names that come out.
function nameLetters(locale, options, type, known, dates) {
  const seen = dates.map(d => part(locale, options, d, type));
  if (type === 'month' && seen.every(s => /^\d+$/.test(s))) return seen[0].length === 2 ? 'MM' : 'M';
  for (const form of ['format', 'standalone'])
    for (const [i, style] of styles.entries())
      if (known[form][style].every((n, at) => n === seen[at])) return letters[type][form][i];
  throw new Error(`${locale} ${JSON.stringify(options)}: ${seen}`);
}

function pattern(locale, options, known) {
  const written = utc(2009, 2, 5, 7, 4, 9);
  const twelve = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...defined(options) }).resolvedOptions().hour12;
  return parts(locale, options, written).map(({ type, value: given }) => {
    const value = given.replaceAll('\u202f', ' '); // as format() does, which the parts do not
    switch (type) {
      case 'literal': return /[A-Za-z\u00C0-\u024F']/.test(value) ? `'${value.replaceAll("'", "''")}'` : value;
      case 'weekday': return nameLetters(locale, options, type, known.weekdays, weekdays);
      case 'month': return nameLetters(locale, options, type, known.months, months);
      case 'year': return value.length === 2 ? 'yy' : 'y';
      case 'day': return value.length === 2 ? 'dd' : 'd';
      case 'hour': return (twelve ? 'h' : 'H').repeat(value.length);
      case 'minute': return 'm'.repeat(value.length);
      case 'second': return 's'.repeat(value.length);
      case 'dayPeriod': return 'a';
      case 'timeZoneName': return value === 'UTC' ? 'z' : 'zzzz'; // by its length: only UTC is asked for
      default: throw new Error(`${locale} ${type}`);
    }
  }).join('');
}

function patterns(locale, known) {
  const dates = {}, times = {}, zoned = {};
  for (const w of '-slw') for (const y of '-n2') for (const m of '-n2slw') for (const d of '-n2')
    if (w + y + m + d !== '----') dates[w + y + m + d] = pattern(locale, { weekday: widths[w], year: widths[y], month: widths[m], day: widths[d] }, known);
  for (const h of '-n2') for (const m of '-n2') for (const s of '-n2') for (const c of h === '-' ? '-' : '12')
    if (h + m + s !== '---') {
      const options = { hour: widths[h], minute: widths[m], second: widths[s], hourCycle: { 1: 'h12', 2: 'h23' }[c] };
      times[h + m + s + c] = pattern(locale, options, known);
      // With a zone, where it is not just behind a blank.
      for (const z of 'sl') {
        const withZone = pattern(locale, { ...options, timeZoneName: widths[z] }, known).replace('zzzz', 'z');
        if (withZone !== times[h + m + s + c] + ' z') zoned[h + m + s + c + z] = withZone;
      }
    }
  const joint = (date, time) => {
    const both = pattern(locale, { ...date, ...time }, known), d = pattern(locale, date, known), t = pattern(locale, time, known);
    if (!both.startsWith(d) || !both.endsWith(t)) throw new Error(`${locale}: ${both}`);
    return both.slice(d.length, both.length - t.length);
  };
  const time = { hour: '2-digit', minute: '2-digit' }, numeric = { year: 'numeric', day: 'numeric' };
  return {
    dates, times, zoned,
    dateStyles: Object.fromEntries(['full', 'long', 'medium', 'short'].map(s => [s, pattern(locale, { dateStyle: s }, known)])),
    timeStyles: Object.fromEntries(['full', 'long', 'medium', 'short'].map(s => [s, pattern(locale, { timeStyle: s }, known)])),
    joints: {
      full: joint({ ...numeric, month: 'long', weekday: 'long' }, time), long: joint({ ...numeric, month: 'long' }, time),
      medium: joint({ ...numeric, month: 'short' }, time), short: joint({ ...numeric, month: 'numeric' }, time),
      styleFull: joint({ dateStyle: 'full' }, { timeStyle: 'short' }), styleLong: joint({ dateStyle: 'long' }, { timeStyle: 'short' }),
      styleMedium: joint({ dateStyle: 'medium' }, { timeStyle: 'short' }), styleShort: joint({ dateStyle: 'short' }, { timeStyle: 'short' }),
    },
    twelveHours: new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12,
  };
}

function numbers(locale) {
  const get = (n, type) => new Intl.NumberFormat(locale).formatToParts(n).find(p => p.type === type)?.value ?? '';
  const rules = new Intl.PluralRules(locale), one = [0, 1, 1.5, 2].map(n => rules.select(n) === 'one' ? '1' : '0').join('');
  const plural = { '0100': 'one', '1110': 'belowTwo', '0110': 'belowTwoButZero' }[one];
  if (!plural) throw new Error(`${locale} plurals ${one}`);
  return { decimal: get(1.5, 'decimal'), group: get(12345, 'group'), groupsFour: get(1234, 'group') !== '', minus: get(-1, 'minusSign'), plural };
}

function relative(locale) {
  const result = {};
  for (const style of styles) for (const unit of units.slice(0, 8)) {
    const always = new Intl.RelativeTimeFormat(locale, { style }), auto = new Intl.RelativeTimeFormat(locale, { style, numeric: 'auto' });
    const fill = n => always.formatToParts(n, unit).map(p => p.type === 'literal' ? p.value : '{0}').join('');
    const words = {};
    for (const n of [-2, -1, 0, 1, 2]) if (!/\d/.test(auto.format(n, unit))) words[n] = auto.format(n, unit);
    result[`${unit} ${style}`] = { future: [fill(1), fill(2)], past: [fill(-1), fill(-2)], words };
  }
  return result;
}

function measures(locale) {
  const fill = (unit, unitDisplay, n) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay }).formatToParts(n)
    .map(p => p.type === 'unit' || p.type === 'literal' ? p.value : '{0}').join('');
  return Object.fromEntries(units.filter(u => u !== 'quarter').flatMap(u => styles.map(s => [`${u} ${s}`, [fill(u, s, 1), fill(u, s, 2)]])));
}

function lists(locale) {
  return Object.fromEntries(['conjunction', 'disjunction', 'unit'].flatMap(type => styles.map(style => {
    const list = new Intl.ListFormat(locale, { type, style });
    const gaps = n => list.formatToParts(['a', 'b', 'c', 'd'].slice(0, n)).filter(p => p.type === 'literal').map(p => p.value);
    return [`${type} ${style}`, [gaps(2)[0], gaps(4)[0], gaps(4)[2]]];
  })));
}

// Zones whose names agree in all languages share a number.
const first = utc(2024, 0, 1), second = utc(2024, 6, 1);
const zoneNames = (locale, zone) => ['long', 'short'].flatMap(s => [first, second].map(d => part(locale, { timeZone: zone, hour: 'numeric', timeZoneName: s }, d, 'timeZoneName')));
const offset = (zone, date) => {
  const p = Object.fromEntries(parts('en-US', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' }, date).map(x => [x.type, +x.value]));
  return (Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute) - date) / 60000;
};
const languages = Object.keys(locales).filter(l => !locales[l]);
const zones = {}, groups = new Map();
for (const zone of Intl.supportedValuesOf('timeZone')) {
  const offsets = [offset(zone, first), offset(zone, second)];
  const all = languages.map(l => zoneNames(l, zone));
  if (all[0][0].startsWith('GMT') && all[0][1].startsWith('GMT')) continue;
  const key = JSON.stringify([offsets, all]);
  if (!groups.has(key)) groups.set(key, { number: groups.size, zone, offsets });
  zones[zone] = groups.get(key).number;
}
const groupList = [...groups.values()];

function zoneFacts(locale) {
  const minute = (z, s) => part(locale, { timeZone: z, hour: 'numeric', timeZoneName: s }, first, 'timeZoneName');
  return {
    zoneNames: Object.fromEntries(groupList.map(g => [g.number, zoneNames(locale, g.zone)])),
    utcNames: [minute('UTC', 'long'), minute('UTC', 'short')],
    offsets: { ahead: minute('Etc/GMT-5', 'short'), behind: minute('Etc/GMT+5', 'short'), aheadLong: minute('Etc/GMT-5', 'long'), behindLong: minute('Etc/GMT+5', 'long') },
  };
}

function difference(whole, parent) {
  if (parent === undefined || typeof whole !== 'object' || whole === null || Array.isArray(whole)) return JSON.stringify(whole) === JSON.stringify(parent) ? undefined : whole;
  const changed = Object.entries(whole).map(([k, v]) => [k, difference(v, parent[k])]).filter(([, v]) => v !== undefined);
  return changed.length ? Object.fromEntries(changed) : undefined;
}

const whole = {};
for (const locale of Object.keys(locales)) {
  const known = names(locale), week = new Intl.Locale(locale).weekInfo ?? new Intl.Locale(locale).getWeekInfo();
  const region = new Intl.Locale(locale).maximize();
  whole[locale] = {
    ...known, ...patterns(locale, known), numbers: numbers(locale), relative: relative(locale), measures: measures(locale), lists: lists(locale),
    week: { first: week.firstDay, least: new Intl.Locale(region.language + '-' + region.region).weekInfo?.minimalDays ?? week.minimalDays, weekend: week.weekend }, ...zoneFacts(locale),
  };
}
const lines = Object.entries(locales).map(([name, parent]) => `${JSON.stringify(name)}:${JSON.stringify(parent ? { parent, ...difference(whole[name], whole[parent]) } : whole[name])}`);
writeFileSync(new URL('locales.json', import.meta.url), `{"source":"Unicode CLDR ${process.versions.cldr} of ICU ${process.versions.icu}, time zones ${process.versions.tz}",\n"zones":${JSON.stringify(zones)},\n"zoneOffsets":${JSON.stringify(groupList.map(g => g.offsets))},\n"locales":{\n${lines.join(',\n')}\n}}\n`);
