/**
 * Cases of the comparison with PHP: where the content goes, functions and files. Does not know how they are
 * run.
 */
import { fn, options, type Case } from './case.js'

const on = '{http}/echo'

const content: Case[] = [
  { name: 'HEADER in front of the content', url: '{http}/status/200', options: options({ HEADER: true }) },
  {
    name: 'HEADER of all responses',
    url: '{http}/redirect/2',
    options: options({ HEADER: true, FOLLOWLOCATION: true }),
  },
  { name: 'RETURNTRANSFER off', url: '{http}/status/200', options: options({ RETURNTRANSFER: false }) },
  { name: 'RETURNTRANSFER 0', url: '{http}/status/200', options: options({ RETURNTRANSFER: 0 }) },
  { name: 'gzip, asked for', url: '{http}/gzip', options: options({ ENCODING: 'gzip' }) },
  { name: 'deflate, asked for', url: '{http}/deflate', options: options({ ENCODING: 'deflate' }) },
  { name: 'brotli, asked for', url: '{http}/br', options: options({ ENCODING: 'br' }) },
  { name: 'gzip, not asked for', url: '{http}/gzip' },
  { name: 'no encodings by null', url: on, options: options({ ENCODING: null }) },
  { name: 'bytes of every kind', url: '{http}/bytes/70000' },
  { name: 'a declared charset', url: '{http}/charset/iso-8859-2?hex=9ea9e8' },
  { name: 'no content type', url: '{http}/untyped' },
  {
    name: 'HTTP_CONTENT_DECODING off',
    url: '{http}/gzip',
    options: options({ ENCODING: 'gzip', HTTP_CONTENT_DECODING: false }),
  },
]

const functions: Case[] = [
  { name: 'WRITEFUNCTION', url: '{http}/status/200', options: options({ WRITEFUNCTION: fn('collect') }) },
  {
    name: 'WRITEFUNCTION with HEADER',
    url: '{http}/status/200',
    options: options({ WRITEFUNCTION: fn('collect'), HEADER: true }),
  },
  {
    name: 'WRITEFUNCTION that takes too little',
    url: '{http}/status/200',
    options: options({ WRITEFUNCTION: fn('short') }),
  },
  {
    name: 'WRITEFUNCTION that says nothing',
    url: '{http}/status/200',
    options: options({ WRITEFUNCTION: fn('nothing') }),
  },
  {
    name: 'WRITEFUNCTION that says -1',
    url: '{http}/status/200',
    options: options({ WRITEFUNCTION: fn('minusOne') }),
  },
  {
    name: 'WRITEFUNCTION that asks the handle',
    url: '{http}/status/404',
    options: options({ WRITEFUNCTION: fn('askHandle') }),
  },
  { name: 'HEADERFUNCTION', url: '{http}/headers/3', options: options({ HEADERFUNCTION: fn('lines') }) },
  {
    name: 'HEADERFUNCTION over redirects',
    url: '{http}/redirect/2',
    options: options({ HEADERFUNCTION: fn('lines'), FOLLOWLOCATION: true }),
  },
  {
    name: 'HEADERFUNCTION that takes too little',
    url: '{http}/headers/3',
    options: options({ HEADERFUNCTION: fn('short') }),
  },
  {
    name: 'READFUNCTION',
    url: on,
    options: options({ READFUNCTION: fn('read'), UPLOAD: true, INFILESIZE: 15 }),
  },
  {
    name: 'READFUNCTION without a size',
    url: on,
    options: options({ READFUNCTION: fn('read'), POST: true }),
  },
  {
    name: 'READFUNCTION that aborts',
    url: on,
    options: options({ READFUNCTION: fn('readAbort'), UPLOAD: true }),
  },
  {
    name: 'READFUNCTION on an INFILE',
    url: on,
    options: options({ INFILE: { $in: '{file}' }, READFUNCTION: fn('readInfile'), UPLOAD: true }),
  },
  {
    name: 'PROGRESSFUNCTION',
    url: '{http}/bytes/1000',
    options: options({ PROGRESSFUNCTION: fn('progress'), NOPROGRESS: false }),
  },
  {
    name: 'XFERINFOFUNCTION',
    url: '{http}/bytes/1000',
    options: options({ XFERINFOFUNCTION: fn('progress'), NOPROGRESS: false }),
  },
  {
    name: 'PROGRESSFUNCTION without NOPROGRESS',
    url: on,
    options: options({ PROGRESSFUNCTION: fn('progress') }),
  },
  {
    name: 'PROGRESSFUNCTION that aborts',
    url: on,
    options: options({ PROGRESSFUNCTION: fn('progressAbort'), NOPROGRESS: false }),
  },
  {
    name: 'PROGRESSFUNCTION that says nothing',
    url: on,
    options: options({ PROGRESSFUNCTION: fn('progressVoid'), NOPROGRESS: false }),
  },
]

const out = { $out: 'body' }
const files: Case[] = [
  { name: 'FILE', url: '{http}/bytes/70000', options: options({ FILE: out }) },
  { name: 'FILE with HEADER', url: '{http}/status/200', options: options({ FILE: out, HEADER: true }) },
  {
    name: 'FILE, then RETURNTRANSFER',
    url: '{http}/status/200',
    options: options({ FILE: out, RETURNTRANSFER: true }),
  },
  {
    name: 'RETURNTRANSFER, then FILE',
    url: '{http}/status/200',
    options: options({ RETURNTRANSFER: true, FILE: out }),
  },
  {
    name: 'WRITEFUNCTION, then FILE',
    url: '{http}/status/200',
    options: options({ WRITEFUNCTION: fn('collect'), FILE: out }),
  },
  {
    name: 'FILE, then WRITEFUNCTION',
    url: '{http}/status/200',
    options: options({ FILE: out, WRITEFUNCTION: fn('collect') }),
  },
  { name: 'FILE null', url: '{http}/status/200', options: options({ FILE: null }) },
  { name: 'FILE of a partial body', url: '{http}/truncate', options: options({ FILE: out }) },
  {
    name: 'WRITEHEADER',
    url: '{http}/redirect/1',
    options: options({ WRITEHEADER: { $out: 'header' }, FOLLOWLOCATION: true }),
  },
  { name: 'WRITEHEADER null', url: '{http}/status/200', options: options({ WRITEHEADER: null }) },
  { name: 'FILE is no string', url: on, options: options({ FILE: 'a path' }) },
  { name: 'FILE is not readable only', url: on, options: options({ FILE: { $readonly: '{file}' } }) },
  {
    name: 'INFILE with a size',
    url: on,
    options: options({ INFILE: { $in: '{file}' }, UPLOAD: true, INFILESIZE: 300_000 }),
  },
  { name: 'INFILE without a size', url: on, options: options({ INFILE: { $in: '{file}' }, UPLOAD: true }) },
  { name: 'INFILE of a POST', url: on, options: options({ INFILE: { $in: '{file}' }, POST: true }) },
  { name: 'PUT', url: on, options: options({ INFILE: { $in: '{file}' }, PUT: true, INFILESIZE: 300_000 }) },
  { name: 'UPLOAD of nothing', url: on, options: options({ UPLOAD: true }) },
]

export const contentCases: readonly Case[] = [...content, ...functions, ...files]
