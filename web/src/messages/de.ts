import { countedIn } from './counted.ts';
import { problemsDe } from './de-problems.ts';
import type { Messages } from './en.ts';

const locale = 'de-DE';
const counted = countedIn(locale);

/** Every text of the pages, in German. */
export const de: Messages = {
  locale,
  site: {
    name: 'Holdfast',
    skip: 'Zum Inhalt springen',
    menu: 'Website',
    events: 'Veranstaltungen',
    bookings: 'Buchungen',
    organiser: 'Verwalten',
    signIn: 'Anmelden',
    signOut: 'Abmelden',
    guest: 'Gast',
    loading: 'Wird geladen …',
    retry: 'Noch einmal versuchen',
    busy: (seconds: number) =>
      `Im Moment ist sehr viel los. Wir versuchen es in ${seconds} s noch einmal für Sie.`,
    busySpoken: 'Im Moment ist sehr viel los. Wir versuchen es gleich noch einmal für Sie.',
    close: 'Schließen',
    notFoundTitle: 'Diese Seite gibt es nicht',
    notFound: 'Vielleicht ist die Adresse veraltet, oder sie enthält einen Tippfehler.',
    toEvents: 'Alle Veranstaltungen ansehen',
    brokenTitle: 'Auf dieser Seite ist ein Fehler aufgetreten',
    broken:
      'Laden Sie sie neu, um fortzufahren. Ihre reservierten Plätze und Ihre Buchungen sind auf dem Server sicher.',
    reload: 'Neu laden',
    language: (name, code) => `Sprache: ${code}, ${name}`,
    languages: 'Sprache',
    description: 'Plätze im Sitzplan auswählen und bezahlen. So lange sind sie für Sie reserviert.',
  },
  events: {
    title: 'Das Programm',
    lead: 'Wählen Sie eine Veranstaltung und klicken Sie im Sitzplan auf Ihre Plätze: Sie bleiben für Sie reserviert, während Sie bezahlen.',
    search: 'Veranstaltungen durchsuchen',
    searchHint: 'Titel oder Ort',
    from: (price) => `ab ${price}`,
    soldOut: 'Ausverkauft',
    seatsLeft: (count) => counted(count, { one: 'Noch # Platz', other: 'Noch # Plätze' }),
    none: 'Zurzeit sind keine Veranstaltungen im Verkauf.',
    noneFound: (search) => `Zu „${search}“ wurde nichts gefunden.`,
    found: (count) => counted(count, { one: '# Veranstaltung', other: '# Veranstaltungen' }),
    more: 'Mehr anzeigen',
    closed: 'Verkauf beendet',
    cancelled: 'Abgesagt',
    opens: (when) => `Verkaufsstart: ${when}`,
  },
  event: {
    notFoundTitle: 'Diese Veranstaltung gibt es nicht',
    notFound: 'Vielleicht wurde sie entfernt, oder die Adresse enthält einen Tippfehler.',
    about: 'Über diese Veranstaltung',
    view: 'Art der Auswahl',
    map: 'Sitzplan',
    list: 'Liste',
    prices: 'Preise',
    tierFree: (count) => counted(count, { other: '# frei' }),
    tierShow: (tier) => `${tier} anzeigen`,
    upTo: 'Preis bis',
    anyPrice: 'Jeder Preis',
    priceUpTo: (price) => `bis ${price}`,
    notOpen: (when) => `Verkaufsstart: ${when}.`,
    saleOver: 'Der Verkauf für diese Veranstaltung ist beendet.',
    eventCancelled:
      'Diese Veranstaltung wurde abgesagt. Wer schon bezahlt hat, bekommt das Geld vollständig zurück.',
    reconnecting: 'Die Verbindung wird wiederhergestellt … Der Sitzplan kann einige Sekunden alt sein.',
    loadingMap: 'Der Sitzplan wird geladen …',
    failed: 'Der Sitzplan konnte nicht geladen werden.',
  },
  map: {
    label: 'Sitzplan',
    keys: 'Mit den Pfeiltasten gehen Sie von Platz zu Platz, mit der Eingabetaste nehmen Sie einen Platz oder geben ihn zurück. Plus und Minus ändern den Maßstab, die Umschalttaste mit den Pfeiltasten verschiebt den Plan. Die Liste zeigt dieselben Plätze als Schaltflächen.',
    zoomIn: 'Vergrößern',
    zoomOut: 'Verkleinern',
    fit: 'Den ganzen Saal zeigen',
    legend: 'Bedeutung der Zeichen',
    free: (count) => counted(count, { other: '# frei' }),
    choose: 'Plätze wählen',
  },
  looks: {
    free: 'frei',
    changing: 'einen Moment',
    mine: 'Ihre Wahl',
    taken: 'anderweitig reserviert',
    sold: 'verkauft',
    blocked: 'nicht im Verkauf',
  },
  seat: {
    short: (row, label) => `${row}, Platz ${label}`,
    noRow: (label) => `Platz ${label}`,
    full: (where, price, look) => `${where}, ${price}, ${look}`,
    place: 'Stehplatz, freie Platzwahl',
    accessible: 'Rollstuhlplatz',
    taking: 'Wird reserviert …',
    lost: 'Gerade von jemand anderem genommen',
  },
  list: {
    label: 'Plätze als Liste',
    section: (name, free) => `${name}: ${counted(free, { other: '# frei' })}`,
    row: (label) => `Reihe ${label}`,
    rowLabel: (section, row, free) => `${section}, ${row}, ${counted(free, { other: '# frei' })}`,
    onlyFree: 'Nur Bereiche mit freien Plätzen',
    none: 'In dieser Preiskategorie ist in keinem Bereich ein Platz frei.',
    keys: 'Innerhalb einer Reihe bewegen Sie sich mit den Pfeiltasten nach links und rechts.',
  },
  best: {
    title: 'Die besten Plätze finden',
    tier: 'Preiskategorie',
    any: (name, price) => `${name}, ${price}`,
    upTo: (price) => `Egal welche, bis ${price}`,
    quantity: 'Anzahl',
    fewer: 'Einer weniger',
    more: 'Einer mehr',
    find: 'Plätze finden',
    finding: 'Plätze werden gesucht …',
  },
  places: {
    title: (section) => section,
    lead: 'Hier gibt es keine nummerierten Plätze: Wählen Sie nur, wie viele Sie möchten.',
    take: (count) => counted(count, { one: '# Platz nehmen', other: '# Plätze nehmen' }),
  },
  cart: {
    title: 'Warenkorb',
    empty:
      'Klicken Sie im Sitzplan auf einen Platz: Er ist dann für eine Weile für Sie reserviert. Niemand sonst kann ihn nehmen, während Sie sich entscheiden.',
    seats: (count) => counted(count, { one: '# Platz', other: '# Plätze' }),
    remove: (seat) => `${seat} zurückgeben`,
    removeAll: 'Alle zurückgeben',
    total: 'Summe',
    pay: (price) => `${price} bezahlen`,
    payStarting: 'Weiter zur Kasse …',
    timeLeft: 'Verbleibende Zeit',
    timeLeftSpoken: (seconds) =>
      seconds >= 60
        ? counted(Math.round(seconds / 60), {
            one: 'Noch # Minute Zeit zum Bezahlen',
            other: 'Noch # Minuten Zeit zum Bezahlen',
          })
        : counted(seconds, {
            one: 'Noch # Sekunde Zeit zum Bezahlen',
            other: 'Noch # Sekunden Zeit zum Bezahlen',
          }),
    ending:
      'Die Zeit ist fast abgelaufen: Bezahlen Sie jetzt, oder nehmen Sie einen Platz hinzu, um mehr Zeit zu bekommen.',
    over: 'Die Zeit ist abgelaufen',
    queue: 'Ihre Plätze werden reserviert …',
    queuePlace: (position) => counted(position, { other: 'Sie sind Nummer # in der Warteschlange.' }),
    queueWait: (seconds) => counted(seconds, { one: 'Noch etwa # Sekunde.', other: 'Noch etwa # Sekunden.' }),
    payQueue:
      'Im Moment bezahlen sehr viele Menschen. Ihre Plätze bleiben für Sie reserviert, während Sie warten.',
    inCheckout:
      'Sie haben begonnen, diese Plätze zu bezahlen. Sie bleiben für Sie reserviert, bis die Zeit abgelaufen ist.',
    continuePaying: 'Weiter zur Kasse',
    leaveCheckout: 'Zurück zur Auswahl',
    lapsedTitle: 'Ihre Zeit ist abgelaufen',
    lapsed: (count) =>
      counted(count, {
        one: 'Ihr Platz ist wieder im Verkauf.',
        other: 'Ihre # Plätze sind wieder im Verkauf.',
      }),
    retake: 'Dieselben Plätze noch einmal nehmen',
    dismiss: 'Andere Plätze wählen',
    open: 'Warenkorb anzeigen',
    fold: 'Warenkorb ausblenden',
    secure: 'Sie bezahlen auf der Seite von Stripe. Ihre Kartendaten erfahren wir nicht.',
  },
  news: {
    taken: (seats) => `${seats}: für Sie reserviert.`,
    found: (seats) => `Gefunden und für Sie reserviert: ${seats}.`,
    released: (count) =>
      counted(count, { one: 'Der Platz ist zurückgegeben.', other: '# Plätze sind zurückgegeben.' }),
    lost: (seats) => `${seats}: Jemand anderes war schneller.`,
    nearest: (seats) => `Stattdessen ${seats} nehmen`,
    lapsed: 'Ihre Zeit ist abgelaufen, und die Plätze sind wieder im Verkauf.',
    back: (time) =>
      `Zahlung abgebrochen: Es wurde nichts abgebucht. Ihre Plätze sind noch ${time} für Sie reserviert.`,
    manySeats: (count) => counted(count, { one: '# Platz', other: '# Plätze' }),
    notFree: (seat, look) => `${seat}: ${look}.`,
  },
  payment: {
    title: 'Ihre Zahlung',
    confirmedTitle: 'Gebucht. Viel Vergnügen!',
    confirmed: (count) =>
      counted(count, {
        one: 'Ihr Platz ist gebucht und bezahlt.',
        other: 'Ihre # Plätze sind gebucht und bezahlt.',
      }),
    pendingTitle: 'Ihre Zahlung wird bestätigt …',
    pending:
      'Das dauert einige Sekunden. Sie können diese Seite schließen: Ihre Buchung hängt nicht davon ab.',
    slow: 'Es dauert länger als sonst. Ihre Plätze bleiben solange für Sie reserviert; diese Seite fragt weiter nach.',
    unpaidTitle: 'Noch nicht bezahlt',
    unpaid: 'Ihre Plätze bleiben für Sie reserviert, bis die Zeit abgelaufen ist.',
    toStripe: 'Weiter zur Kasse',
    waitingTitle: 'Gleich sind Sie mit dem Bezahlen an der Reihe',
    failedTitle: 'Die Zahlung ist fehlgeschlagen',
    failed:
      'Es wurde nichts abgebucht. Wählen Sie Ihre Plätze noch einmal, oder versuchen Sie es mit einer anderen Karte.',
    expiredTitle: 'Die Zeit zum Bezahlen ist abgelaufen',
    expired: 'Diese Zahlung wurde beendet, bevor sie bezahlt war. Es wurde nichts abgebucht.',
    refundingTitle: 'Sie bekommen Ihr Geld zurück',
    refunding: 'Ihre Zahlung wird erstattet. In einigen Tagen sehen Sie das auf Ihrer Karte.',
    refundedTitle: 'Ihr Geld ist auf dem Weg zu Ihnen',
    refunded: (amount) => `${amount} wurden erstattet. In einigen Tagen sehen Sie das auf Ihrer Karte.`,
    refundReasons: {
      seats_gone:
        'Ihre Zahlung kam erst, als die Zeit für Ihre Plätze abgelaufen war, und inzwischen hat sie jemand anderes. Sie bekommen Ihr Geld vollständig zurück.',
      duplicate: 'Diese Plätze waren schon bezahlt. Das Geld dieser zweiten Zahlung bekommen Sie zurück.',
      event_cancelled: 'Die Veranstaltung wurde abgesagt. Sie bekommen Ihr Geld vollständig zurück.',
      amount_mismatch:
        'Der gezahlte Betrag war nicht der Preis der Plätze. Sie bekommen Ihr Geld vollständig zurück.',
      currency_mismatch:
        'Der gezahlte Betrag war nicht der Preis der Plätze. Sie bekommen Ihr Geld vollständig zurück.',
    },
    notFoundTitle: 'Diese Zahlung gibt es nicht',
    notFound:
      'Vielleicht gehört sie zu einem anderen Konto: Melden Sie sich mit dem an, mit dem Sie bezahlt haben.',
    again: 'Noch einmal Plätze wählen',
    reference: 'Vorgangsnummer',
    paid: 'Bezahlt',
  },
  bookings: {
    title: 'Meine Buchungen',
    none: 'Sie haben noch keine Buchungen.',
    signInFirst:
      'Melden Sie sich an, um die Buchungen Ihres Kontos zu sehen. Was Sie in diesem Browser ohne Konto buchen, erscheint hier von selbst.',
    guestNote: 'Diese Buchungen kennt nur dieser Browser.',
    guestKeep: 'Legen Sie ein Konto an, um sie überall zu haben',
    confirmed: 'Bestätigt',
    cancelled: 'Storniert',
    transferred: 'Weitergegeben',
    cancel: 'Stornieren',
    cancelLabel: (seat, event) => `Stornieren: ${seat}, ${event}`,
    confirmTitle: 'Diese Buchung stornieren?',
    confirm: (seat, event, amount) =>
      `${seat} (${event}) kommt wieder in den Verkauf, und Sie bekommen ${amount} zurück. Das lässt sich nicht rückgängig machen.`,
    keep: 'Behalten',
    cancelNow: 'Buchung stornieren',
    cancelling: 'Wird storniert …',
    done: 'Storniert. Die Erstattung ist unterwegs.',
    refund: {
      requested: (amount) => `Erstattung von ${amount} angefordert`,
      pending: (amount) => `Erstattung von ${amount} ist unterwegs`,
      requires_action: (amount) => `Erstattung von ${amount} wartet auf Ihre Bank`,
      succeeded: (amount) => `${amount} erstattet`,
      failed: (amount) => `Erstattung von ${amount} fehlgeschlagen: Wir kümmern uns darum`,
      canceled: (amount) => `Erstattung von ${amount} wurde angehalten: Wir kümmern uns darum`,
    },
    more: 'Mehr anzeigen',
    payment: 'Zahlung',
  },
  account: {
    signInTitle: 'Anmelden',
    registerTitle: 'Konto anlegen',
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    passwordHint: 'Mindestens 10 Zeichen.',
    name: 'Ihr Name',
    faults: {
      email: 'Das ist keine E-Mail-Adresse.',
      password:
        'Wählen Sie ein anderes: mindestens 10 Zeichen, nicht zu lang, nicht Ihre Adresse und keines, das alle zuerst probieren.',
      name: 'Ihr Name, höchstens 120 Zeichen lang.',
    },
    signIn: 'Anmelden',
    register: 'Konto anlegen',
    working: 'Einen Moment …',
    toRegister: 'Neu hier? Konto anlegen',
    toSignIn: 'Sie haben schon ein Konto? Anmelden',
    guestNote:
      'Zum Kaufen brauchen Sie kein Konto: Die Plätze und Buchungen dieses Browsers bleiben Ihnen erhalten.',
    signedInAs: (who) => `Sie sind als ${who} angemeldet.`,
  },
  quantity: (count) => String(count),
  time: {
    minutesSeconds: (minutes, seconds) => `${minutes}:${String(seconds).padStart(2, '0')}`,
  },
  problems: problemsDe,
};
