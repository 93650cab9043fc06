"""What the documents of this corpus say, free of any file format. `make.py` renders it; facts are invented."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    """`level` 1 heads a section of the document, 2 a part of one."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Prose:
    """One paragraph."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Bullets:
    """A list. An item is a text, or a text with the items under it."""

    items: tuple[str | tuple[str, list[str]], ...]
    numbered: bool = False


@dataclass(frozen=True)
class Fields:
    """Labels with their values."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A header and rows of as many cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Prose | Bullets | Fields | Table


@dataclass(frozen=True)
class Content:
    """One document. `similar` are neighbours shown in a box that is not part of it; `code_label` names the field with its codes."""

    slug: str
    title: str
    codes: tuple[str, ...]
    code_label: str
    blocks: tuple[Block, ...]
    similar: tuple[tuple[str, str], ...] = ()
    updated: str = "2026-02-01"
    publisher: str = ""
    furniture: tuple[str, ...] = field(default=())


def h(text: str) -> Heading:
    return Heading(text)


def sub(text: str) -> Heading:
    return Heading(text, 2)


def p(*sentences: str) -> Prose:
    return Prose(sentences)


def ul(*items: str | tuple[str, list[str]]) -> Bullets:
    return Bullets(items)


def ol(*items: str | tuple[str, list[str]]) -> Bullets:
    return Bullets(items, numbered=True)


def fields(*pairs: tuple[str, str]) -> Fields:
    return Fields(pairs)


def table(header: tuple[str, ...], *rows: tuple[str, ...]) -> Table:
    return Table(header, rows)


XRAY = Content(
    slug="portable-x-ray-transport",
    title="Transportation of portable x-ray equipment and personnel to home or nursing home, per trip to facility or location, "
    "one patient seen",
    codes=("R0070",),
    code_label="HCPCS Code",
    publisher="Code Companion",
    updated="2026-01-12",
    blocks=(
        h("Name of the Service"),
        fields(("Common Name", "Mobile x-ray call-out"), ("Medical Term", "Portable radiography transport, single patient (R0070)")),
        h("Summary"),
        p(
            "A technologist drives a portable x-ray machine to a person who cannot travel and takes the pictures at the bedside.",
            "This code pays for the trip only.",
            "The x-ray itself and its interpretation are reported on separate lines.",
        ),
        h("Who Qualifies"),
        ul(
            "Residents of a nursing home who cannot be moved without risk",
            "People confined to bed at home after a fall or a stroke",
            "Patients in isolation for a contagious lung infection",
            "Hospice patients for whom a hospital visit would be a burden",
        ),
        h("Before the Visit"),
        ul(
            "A signed order names the body part and the reason for the picture.",
            "Staff clear a space of about six feet on one side of the bed.",
            "Necklaces, hearing aids and metal fasteners are taken off.",
            "Anyone who might be pregnant tells the technologist before the machine is switched on.",
        ),
        h("What Happens"),
        ol(
            "Arrival: The technologist checks the wristband against the order.",
            "Positioning: A flat detector wrapped in a clean cover is slid under the patient.",
            "Exposure: Everyone else steps back at least six feet while the picture is taken.",
            "Check: The picture appears on a laptop within ten seconds and is repeated if it is blurred.",
            "Transfer: The pictures are sent to the reading radiologist over a mobile network.",
        ),
        h("Equipment Brought Along"),
        ul(
            "Battery-powered x-ray unit on wheels",
            "Wireless flat-panel detector",
            "Lead apron and thyroid collar",
            "Disposable detector covers",
        ),
        h("Time on Site"),
        p("The visit takes 20 to 30 minutes.", "Urgent calls are answered within four hours, routine calls on the next working day."),
        h("Staff"),
        ul("Registered radiologic technologist", "Dispatcher who plans the route", "Radiologist who reads the pictures from elsewhere"),
        h("Exposure and Hazards"),
        sub("Usual"),
        ul("A small dose of radiation, about as much as ten days of natural background", "Discomfort from the hard detector"),
        sub("Rare"),
        ul("Skin tear in frail patients while the detector is moved", "A picture of poor quality that has to be repeated in hospital"),
        h("Results"),
        p(
            "A written report reaches the ordering clinician within 24 hours.",
            "A broken hip or a collapsed lung is telephoned at once.",
        ),
        h("Claim Advice"),
        p(
            "Report one unit for each trip, however many pictures are taken.",
            "Set-up of the equipment is billed with Q0092 and never with this code.",
            "When more than one patient is seen at the same address, use R0075 instead.",
        ),
    ),
    similar=(
        ("R0075", "Transportation of portable x-ray equipment, more than one patient seen"),
        ("R0076", "Transportation of portable EKG to facility or location, per patient"),
        ("Q0092", "Set-up portable x-ray equipment"),
    ),
)

MEALS = Content(
    slug="home-delivered-meals",
    title="Home delivered meals, including preparation; per meal",
    codes=("S5170",),
    code_label="Service code",
    publisher="Riverbend Area Agency on Aging",
    updated="2025-11-03",
    blocks=(
        fields(("Program", "Café on Wheels – waiver nutrition program"), ("Leaflet", "No. 14, revised November 2025")),
        h("About this service"),
        p(
            "A hot or chilled meal is cooked in a licensed kitchen and brought to the door of a person who cannot shop or cook.",
            "Each meal supplies at least one third of the daily dietary reference intake.",
            "The driver also looks in on the person, which is why many families speak of the “knock on the door”.",
        ),
        h("Who can receive meals"),
        ul(
            "Adults aged 60 or older who are homebound",
            "Adults under 60 with a disability who live alone",
            "A spouse of any age, if the couple eats together",
            "People discharged from hospital within the last 14 days",
        ),
        h("How meals are delivered"),
        sub("Weekdays"),
        ul(
            "One hot meal between 11 a.m. and 1 p.m.",
            "The driver waits up to five minutes for an answer.",
            "If nobody answers, the office phones the emergency contact.",
        ),
        sub("Weekends"),
        ul("Frozen meals for Saturday and Sunday come along on Friday.", "Frozen meals keep for 30 days at 0 °F."),
        h("Special diets"),
        table(
            ("Diet", "What is different", "Order needed"),
            ("Low sodium", "Under 800 mg of sodium per meal", "No"),
            ("Renal", "Limited potassium and phosphorus", "Yes, from a dietitian"),
            ("Purée", "Smooth texture for people who cannot chew", "Yes, from a speech therapist"),
            ("Kosher", "Sealed meals from a certified kitchen", "No"),
        ),
        h("Limits"),
        p(
            "No more than two meals a day and 14 meals a week are authorized.",
            "Groceries, dietary supplements and restaurant meals are not covered.",
            "Meals are suspended while the member is in a hospital or a nursing facility.",
        ),
        h("Cost to the member"),
        p(
            "Waiver members pay nothing.",
            "Other members are invited to give a voluntary contribution of $4 per meal, and nobody is refused for not giving.",
        ),
        h("Food safety"),
        p(
            "Hot food leaves the kitchen at 165 °F or above and must be handed over within four hours.",
            "Throw away a hot meal that has stood for more than two hours.",
        ),
        h("Billing notes for providers"),
        ul(
            "Bill one unit per meal.",
            "The delivery is part of the unit and is not charged separately.",
            "Keep signed delivery sheets for seven years.",
            "Nutrition counseling is billed with S9470.",
        ),
    ),
    similar=(("S9470", "Nutritional counseling, dietitian visit"), ("S5120", "Chore services; per 15 minutes")),
)

DISPUTE = Content(
    slug="disputing-a-denied-claim",
    title="What to do when a claim has been denied",
    codes=(),
    code_label="",
    publisher="Member Advocate Desk",
    updated="2025-09-30",
    blocks=(
        p(
            "This page is for members and for the people who help them.",
            "It explains how to dispute a decision, whichever service or item it was about.",
        ),
        h("Read the denial letter"),
        p(
            "The letter gives the reason for the denial and the date from which all deadlines run.",
            "Keep the envelope, because the postmark can prove a late mailing.",
        ),
        h("Deadlines"),
        table(
            ("Step", "You have", "The plan answers within"),
            ("First appeal", "180 days from the letter", "30 days"),
            ("Second appeal", "60 days from the first decision", "30 days"),
            ("External review", "4 months from the second decision", "45 days"),
            ("Urgent appeal", "Any time while the service is pending", "72 hours"),
        ),
        h("What to send"),
        ul(
            "A copy of the denial letter",
            "A short statement of why you disagree",
            (
                "A letter from your clinician that states:",
                ["the diagnosis", "what has been tried before", "what is likely to happen without the service"],
            ),
            "Photographs or measurements, where they help",
        ),
        h("Who may act for you"),
        p(
            "A relative, a friend or a lawyer may file for you after you have signed an appointment of representative.",
            "Your treating clinician may file an urgent appeal without that form.",
        ),
        h("Keeping the service going"),
        p(
            "If the plan stops a service that it had approved, ask within 10 days that it goes on during the appeal.",
            "You may have to pay for it if you lose.",
        ),
        h("Free help"),
        ul("The state insurance assistance program", "The ombudsman for long-term care", "Legal aid offices"),
    ),
)

CLASSES = Content(
    slug="childbirth-classes",
    title="Childbirth preparation/Lamaze classes, non-physician provider, per session",
    codes=("S9436",),
    code_label="HCPCS code",
    publisher="Benefit notes",
    updated="2026-03-09",
    blocks=(
        h("In one paragraph"),
        p(
            "A certified educator who is not a physician teaches expectant parents about labor, birth and the first weeks.",
            "The code stands for one session of one family, whether one or two people come.",
        ),
        h("Eligibility"),
        ul(
            "Pregnant members from week 20 on",
            "A first pregnancy, or a first vaginal birth after a cesarean",
            ("One support person, who may be", ["a partner", "a relative", "a doula"]),
        ),
        h("Curriculum"),
        table(
            ("Session", "Topic", "Length"),
            ("1", "Stages of labor and when to leave for the hospital", "2 hours"),
            ("2", "Breathing, positions and massage", "2 hours"),
            ("3", "Epidural and other pain relief", "90 minutes"),
            ("4", "Cesarean birth and recovery", "90 minutes"),
            ("5", "Feeding and safe sleep", "2 hours"),
        ),
        h("What to bring"),
        ul("Two pillows and a mat", "Loose clothes and socks", "Water and a snack", "The birth plan form, even if it is still empty"),
        h("Benefit limits"),
        sub("Covered"),
        ul("Up to five sessions per pregnancy", "Group classes of no more than ten families", "Live online classes with the camera on"),
        sub("Not covered"),
        ul("Recorded videos", "Hospital tours", "Classes taught by a physician", "Refresher courses within 24 months"),
        h("Who teaches"),
        p(
            "The educator holds a current certificate from Lamaze International, ICEA or an equal body.",
            "A registered nurse without such a certificate may assist but not lead.",
        ),
        h("Claims"),
        fields(
            ("Unit", "1 per session attended"),
            ("Place of service", "11, 22 or 10 for online classes"),
            ("Diagnosis", "Any pregnancy supervision diagnosis"),
            ("Attendance", "The sign-in sheet is kept for six years"),
        ),
        p("A missed session is not billable.", "Lactation classes go under S9443 and parenting classes under S9444."),
        h("Members often ask"),
        sub("Do I have to finish the whole course?"),
        p("No, each session counts by itself."),
        sub("Can I switch groups?"),
        p("Yes, once, if the new group is at the same point of the course."),
    ),
    similar=(("S9442", "Birthing classes, non-physician provider, per session"), ("S9443", "Lactation classes, per session")),
)

INTERPRETER = Content(
    slug="interpreter-services",
    title="Sign language or oral interpretive services, per 15 minutes",
    codes=("T1013",),
    code_label="Procedure code",
    publisher="Clinic operations handbook",
    updated="2025-12-15",
    blocks=(
        h("Why we offer it"),
        p(
            "Patients who are deaf or who speak little English have a right to understand what is said in the visit.",
            "An interpreter lowers the risk of wrong doses and of consent that was not understood.",
        ),
        h("When to book"),
        ul(
            "The patient asks for an interpreter, in whatever way",
            "The chart lists a preferred language other than English",
            "The patient nods but cannot repeat the plan in his or her own words",
        ),
        h("Ways of interpreting"),
        sub("In person"),
        p(
            "Book at least three working days ahead for a spoken language and five for American Sign Language.",
            "The minimum charge is two hours, even if the visit is shorter.",
        ),
        sub("By video"),
        p("Video is ready within five minutes for 24 languages.", "Place the tablet so that the patient sees the interpreter's hands."),
        sub("By telephone"),
        p("Telephone is the last resort and is never used for a deaf patient."),
        h("Who may interpret"),
        table(
            ("Person", "Allowed", "Remark"),
            ("Certified medical interpreter", "Yes", "Preferred for every visit"),
            ("Bilingual staff member", "Yes", "Only after passing the language test"),
            ("Adult relative", "In an emergency", "Until a professional is on the line"),
            ("Child under 18", "No", "Not even if the family asks"),
        ),
        h("During the visit"),
        ol(
            "Introduce the interpreter and say that everything is confidential.",
            "Speak to the patient, not to the interpreter.",
            "Pause after two sentences.",
            "Ask the patient to repeat the plan.",
            "Write the interpreter's ID number into the note.",
        ),
        h("Billing"),
        fields(
            ("Unit", "15 minutes of face-to-face, video or telephone time"),
            ("Rounding", "Eight minutes or more count as a full unit"),
            ("Daily limit", "16 units per patient"),
            ("Not billable", "Travel, waiting and cancelled visits"),
        ),
        p("The interpreter's agency invoices the clinic, and the clinic bills the state program.", "Patients are never charged."),
        h("Cancelling"),
        p("Cancel at least 24 hours ahead, or the agency charges the full booking."),
    ),
    similar=(("T1014", "Telehealth transmission, per minute"), ("T1023", "Screening to determine appropriateness for a program")),
)

PUMP = Content(
    slug="electric-breast-pump",
    title="Breast pump, electric (AC and/or DC), any type",
    codes=("E0603",),
    code_label="HCPCS",
    publisher="Meadowlark Family Supply",
    updated="2026-04-02",
    blocks=(
        h("Overview"),
        p(
            "A personal electric pump empties both breasts in about 15 minutes and is yours to keep.",
            "Your plan pays for one pump per birth, without a copay.",
            "Hospital-grade rental pumps are ordered under another code.",
        ),
        h("Am I eligible?"),
        ul(
            "You are at least 28 weeks pregnant or gave birth in the past 12 months",
            "You have a prescription from a doctor, midwife or nurse practitioner",
            "You have not received a pump for this pregnancy",
        ),
        p("Parents of adopted babies who induce lactation are eligible with a letter from a lactation consultant."),
        h("What is in the box"),
        ul(
            ("Pump motor with", ["a rechargeable battery", "a wall adapter"]),
            ("Two collection kits, each with", ["a 24 mm breast shield", "a valve and a membrane", "a 5 oz bottle"]),
            "Tubing, three feet",
            "A cooler bag with one ice pack",
        ),
        h("Compare our models"),
        table(
            ("Model", "Weight", "Noise", "Upgrade fee"),
            ("Wren", "1.1 lb", "45 dB", "$0"),
            ("Lark Plus", "0.7 lb", "42 dB", "$35"),
            ("Heron Wearable", "0.5 lb per side", "40 dB", "$120"),
        ),
        h("How to order"),
        ol(
            "Fill in the form and upload the prescription.",
            "We check your coverage within two business days.",
            "Choose a model.",
            "The pump ships 30 days before your due date, or at once if the baby is born.",
        ),
        h("Cleaning"),
        p(
            "Rinse every part that touches milk after each use and wash it in hot soapy water.",
            "Sterilize once a day until the baby is three months old.",
            "Tubing is never washed.",
            "If there is mold in the tubing, replace it.",
        ),
        h("Warranty and returns"),
        sub("Motor"),
        p("The motor is under warranty for two years."),
        sub("Accessories"),
        p("Shields, valves and bottles are under warranty for 90 days."),
        sub("Returns"),
        p("For reasons of hygiene an opened pump cannot be returned."),
        h("Replacement parts"),
        p(
            "Valves and membranes wear out after about eight weeks of daily use.",
            "Replacement tubing is billed with A4281 and a replacement bottle with A4285.",
        ),
    ),
    similar=(
        ("E0602", "Breast pump, manual, any type"),
        ("E0604", "Breast pump, hospital grade, electric"),
        ("A4281", "Tubing for breast pump, replacement"),
    ),
    furniture=("We use cookies to improve your visit.", "Add to cart", "Subscribe to our newsletter"),
)

ALARM = Content(
    slug="emergency-response-system",
    title="Emergency response system: installation and testing, and monthly service fee",
    codes=("S5160", "S5161"),
    code_label="Codes",
    publisher="Department of Aging and Independence",
    updated="2025-08-20",
    blocks=(
        h("What it is"),
        p(
            "A waterproof button worn on the wrist or around the neck calls a monitoring center at any hour.",
            "S5160 pays once for the installation and testing of the system.",
            "S5161 pays every month for the monitoring, and rental of the base unit is part of that fee.",
        ),
        h("Who it is for"),
        ul(
            "Members who live alone, or who are alone for at least four hours a day",
            ("Members with a high risk of falling, shown by", ["two falls in the past year", "a gait assessment", "a seizure disorder"]),
            "Members who are able to press the button and to understand when",
        ),
        h("What it is not for"),
        ul("Members in a nursing facility", "Members with round-the-clock attendants", "Monitoring of wandering in dementia"),
        h("Installation"),
        ol(
            "The installer plugs the base unit in and connects it to a landline or a mobile network.",
            "The button is tested in every room, and in the yard up to 400 feet away.",
            "The member makes one test call.",
            "Two responders with keys are entered on the contact card.",
        ),
        p("Installation takes about 45 minutes.", "It is completed within five business days after approval."),
        h("After the button is pressed"),
        table(
            ("Time", "What the center does"),
            ("Within 45 seconds", "An operator speaks through the base unit"),
            ("No reply after two attempts", "The operator phones the first responder"),
            ("Responder not reached", "The operator sends police or an ambulance"),
            ("Until help has arrived", "The line stays open"),
        ),
        h("Upkeep"),
        ul(
            "The provider runs an automatic test every 30 days.",
            "The button battery is replaced every three years at no charge.",
            "A broken unit is exchanged within 24 hours.",
        ),
        h("Payment"),
        table(
            ("Code", "Unit", "Maximum", "How often"),
            ("S5160", "Each installation", "$75.00", "Once per address"),
            ("S5161", "One month", "$32.50", "12 per year"),
        ),
        p("A month in which the system was active for fewer than 15 days is not paid.", "A lost button is replaced once a year."),
        h("Ending the service"),
        p("The member or the care manager gives notice of 14 days.", "The equipment goes back to the provider in a prepaid box."),
    ),
    similar=(
        ("S5162", "Emergency response system; purchase only"),
        ("S5165", "Home modifications; per service"),
    ),
    furniture=("Skip to main content", "Was this page helpful?", "Contact the agency"),
)

WIG = Content(
    slug="cranial-prosthesis",
    title="Medical policy: wig (cranial prosthesis), any type, each",
    codes=("A9282",),
    code_label="Code",
    publisher="Harborlight Health Plan",
    updated="2026-01-01",
    blocks=(
        fields(("Policy number", "DME-117"), ("Effective date", "January 1, 2026"), ("Line of business", "Commercial plans")),
        h("Policy statement"),
        p(
            "A wig is covered when hair loss results from a disease or its treatment.",
            "Hair loss from ageing, including male-pattern baldness, is a cosmetic matter and is excluded.",
        ),
        h("Medical criteria"),
        p("All of the following must be documented."),
        ol(
            "A clinician has prescribed the wig as a cranial prosthesis",
            (
                "The hair loss is caused by",
                ["chemotherapy", "radiation to the head", "alopecia areata, totalis or universalis", "a burn or other injury of the scalp"],
            ),
            "The loss is expected to last longer than three months",
        ),
        h("Exclusions"),
        ul("Hair transplants and hair-growth drugs", "Styling, cutting and coloring of a wig", "Hats, scarves and turbans"),
        h("Frequency and dollar limits"),
        table(
            ("Member", "Wigs", "Allowance"),
            ("Adult", "One every 24 months", "$500"),
            ("Child under 18", "One every 12 months", "$650"),
            ("Member in active chemotherapy", "One per course of treatment", "$500"),
        ),
        h("Materials"),
        p(
            "Synthetic and human hair are covered alike.",
            "The member pays the difference when the price is above the allowance.",
        ),
        h("How to claim"),
        p(
            "Buy from any retailer and send the itemized receipt with the prescription within 180 days.",
            "A network supplier bills the plan directly.",
        ),
        h("Review history"),
        table(
            ("Date", "Change"),
            ("01/2026", "Allowance for children raised"),
            ("01/2024", "Alopecia areata added to the criteria"),
        ),
    ),
    similar=(
        ("A8000", "Helmet, protective, soft, prefabricated"),
        ("L8499", "Unlisted procedure for miscellaneous prosthetic services"),
    ),
    furniture=("Providers", "Members", "Employers", "Accept all cookies", "Careers"),
)

HOSPICE = Content(
    slug="hospice-room-and-board",
    title="Hospice long term care, room and board only; per diem",
    codes=("T2046",),
    code_label="HCPCS code",
    publisher="Cedar State Medicaid",
    updated="2025-10-01",
    blocks=(
        h("Purpose"),
        p(
            "This policy tells hospices and nursing facilities how room and board are paid for a resident who has elected hospice.",
            "Hospice care itself is paid under other codes.",
        ),
        h("Covered services"),
        p("Room and board include the following."),
        ul(
            "A semi-private room with linen and housekeeping",
            "Three meals a day and snacks",
            (
                "Help with daily living, such as",
                ["bathing and dressing", "feeding", "supervision of medicines that the resident takes alone"],
            ),
            "Social and recreational activities",
        ),
        h("Member eligibility"),
        ul(
            "The member has elected the hospice benefit.",
            "The member meets the nursing facility level of care.",
            "The hospice and the facility have a written agreement.",
        ),
        h("Payment"),
        sub("Rate"),
        p(
            "The hospice is paid 95 percent of the daily rate of the facility.",
            "The hospice passes the payment on to the facility within 30 days.",
        ),
        sub("Patient liability"),
        p("The share that the member owes is deducted from the payment and is collected by the facility."),
        sub("Days that count"),
        table(
            ("Day", "Paid", "Reason"),
            ("Day of admission", "Yes", "The bed is occupied at midnight"),
            ("Day of discharge", "No", "The bed is empty at midnight"),
            ("Day of death", "Yes", "Paid as an exception"),
            ("Inpatient hospice day", "No", "The inpatient rate includes the room"),
        ),
        h("Bed holds"),
        p(
            "A bed is held for up to 15 days a year while the resident is in hospital.",
            "Leave for a visit to the family is paid for up to 24 days a year.",
        ),
        h("Claim requirements"),
        ol(
            "Bill one unit for each calendar day.",
            "Use revenue code 0658.",
            "Enter the provider number of the facility as the service location.",
            "Send the claim within 12 months of the date of service.",
        ),
        h("Records"),
        p(
            "The hospice keeps the election statement, the agreement and the census of the facility for ten years.",
            "Missing records lead to recovery of the payment.",
        ),
        h("Definitions"),
        fields(
            ("Election", "The signed choice of hospice instead of treatment to cure the illness"),
            ("Per diem", "A payment for one day"),
            ("Census", "The list of residents present at midnight"),
        ),
    ),
    similar=(("T2042", "Hospice routine home care; per diem"), ("T2045", "Hospice general inpatient care; per diem")),
    furniture=("Cedar State Medicaid – Provider Manual, chapter 9", "Effective October 1, 2025"),
)

REPAIR = Content(
    slug="equipment-repair-labor",
    title="Repair or nonroutine service for durable medical equipment other than oxygen equipment requiring the skill of a technician, "
    "labor component, per 15 minutes",
    codes=("K0739",),
    code_label="Code",
    publisher="Northfield Supplier Education",
    updated="2026-02-17",
    blocks=(
        h("1. The code in brief"),
        p(
            "K0739 pays for the hands-on time of a technician who repairs equipment that the patient owns.",
            "Parts are billed on separate lines.",
            "A loaner during the repair is billed with K0462.",
        ),
        h("2. When labor is payable"),
        ul(
            "The equipment is owned by the patient",
            "The manufacturer's warranty has run out or does not cover labor",
            "The repair costs less than 60 percent of a new item",
            "The defect does not come from misuse",
        ),
        h("3. When it is not payable"),
        ul(
            "Rented equipment, because the rental fee covers upkeep",
            "Routine cleaning, oiling and charging, which the user is expected to do",
            "Travel to the home and back",
            "Diagnosis of a fault that is then not repaired",
        ),
        h("4. Typical allowances"),
        p("Units above these numbers need an explanation in the record."),
        table(
            ("Repair", "Equipment", "Units"),
            ("Replace two batteries", "Power wheelchair", "2"),
            ("Replace both drive motors", "Power wheelchair", "4"),
            ("Replace joystick", "Power wheelchair", "2"),
            ("Replace pendant", "Hospital bed", "2"),
            ("Replace casters, pair", "Manual wheelchair", "1"),
        ),
        h("5. Paperwork"),
        p(
            "No new prescription is needed for a repair.",
            "The record shows that the equipment is still needed and that somebody saw the patient use it.",
        ),
        fields(
            ("Work order", "Date, start and stop time, name of the technician"),
            ("Serial number", "Of the repaired item, not of the part"),
            ("Photo", "Requested for damage to a frame"),
        ),
        h("6. Counting time"),
        p(
            "One unit is 15 minutes.",
            "Time for one item is added up over the day and rounded to the nearest unit.",
            "Two technicians who work side by side are counted once.",
        ),
        h("7. Prior approval"),
        p(
            "Approval is required when parts and labor together exceed $1,000.",
            "The answer comes within five business days, or within two if the patient cannot leave bed without the item.",
        ),
        h("8. Common denials"),
        table(
            ("Message", "What it means", "Remedy"),
            ("CO-109", "The patient is in a facility that owns the item", "Bill the facility"),
            ("CO-151", "Too many units", "Send the work order"),
            ("CO-204", "The plan has no repair benefit", "Ask the patient for payment"),
        ),
    ),
    similar=(
        ("K0740", "Repair or nonroutine service for oxygen equipment, labor, per 15 minutes"),
        ("K0462", "Temporary replacement for patient-owned equipment being repaired"),
    ),
    furniture=("Northfield Supplier Education", "Fact sheet 22"),
)

CROWN = Content(
    slug="porcelain-crown",
    title="Crown – porcelain/ceramic",
    codes=("D2740",),
    code_label="CDT code",
    publisher="Elm Street Dental",
    updated="2025-07-14",
    blocks=(
        h("Your new crown"),
        p(
            "A crown is a cap that covers the whole visible part of a tooth.",
            "Yours is made of ceramic without metal, so no dark line shows at the gum.",
        ),
        h("Why a crown is suggested"),
        ul(
            "A large filling has weakened the tooth",
            "The tooth has had a root canal treatment",
            "A cusp has broken off",
            "A worn tooth needs its height back",
        ),
        h("The two visits"),
        sub("First visit, about 90 minutes"),
        ol(
            "The tooth and the gum are numbed with articaine.",
            "One to two millimeters are ground off all around.",
            "A scanner takes pictures of the teeth instead of an impression.",
            "A temporary crown of plastic is put on with weak cement.",
        ),
        sub("Second visit, about 45 minutes"),
        ol(
            "The temporary crown is taken off.",
            "Fit, bite and shade are checked before anything is glued.",
            "The crown is bonded and hardened with blue light.",
        ),
        p("The laboratory needs 10 to 14 days between the visits."),
        h("Living with the temporary crown"),
        ul(
            "Do not chew gum or sticky sweets on that side.",
            "Pull floss out sideways, not upwards.",
            "If it comes off, keep it and call us the same day.",
        ),
        h("What can go wrong"),
        table(
            ("Problem", "How often", "What we do"),
            ("Sensitive to cold for some weeks", "1 in 5", "Wait, fluoride paste"),
            ("Bite too high", "1 in 10", "Adjust in five minutes"),
            ("Nerve dies", "1 in 20 over ten years", "Root canal treatment through the crown"),
            ("Ceramic chips", "1 in 30 over ten years", "Polish or replace"),
        ),
        h("Cost and insurance"),
        fields(
            ("Our fee", "$1,280"),
            ("Most plans pay", "50 percent after the deductible"),
            ("Waiting period", "12 months in most plans"),
            ("Replacement", "Paid again after five years at the earliest"),
        ),
        p("The build-up of a broken tooth is a separate item, D2950.", "The temporary crown is included in the fee."),
        h("How long it lasts"),
        p("Nine out of ten ceramic crowns are still in use after ten years.", "Grinding at night shortens that, so ask us about a guard."),
    ),
    similar=(("D2750", "Crown – porcelain fused to high noble metal"), ("D2790", "Crown – full cast high noble metal")),
    furniture=("Elm Street Dental – patient information",),
)

CRISIS = Content(
    slug="crisis-intervention",
    title="Crisis intervention service, per 15 minutes",
    codes=("H2011",),
    code_label="Procedure code",
    publisher="Tri-County Behavioral Health",
    updated="2026-03-01",
    blocks=(
        h("Service definition"),
        p(
            "Crisis intervention is immediate, face-to-face help for a person whose mental state puts anyone at risk.",
            "A mobile team goes to wherever the person is, be it home, school, shelter or street.",
            "The service aims to avoid arrest and admission.",
        ),
        h("Admission criteria"),
        p("At least one of these applies."),
        ul(
            "Thoughts of suicide with a plan or without one",
            "Threats of violence towards others",
            "Hallucinations or confusion that began or grew worse within the past 72 hours",
            (
                "Sudden loss of the ability to",
                ["eat, drink or sleep", "keep a child safe", "stay off drugs after detoxification"],
            ),
        ),
        h("Team"),
        table(
            ("Role", "Minimum qualification", "On scene"),
            ("Team lead", "Licensed clinical social worker or psychologist", "Always"),
            ("Peer specialist", "State certificate and own experience of recovery", "Always"),
            ("Psychiatric nurse", "Registered nurse with two years in psychiatry", "On request"),
            ("Psychiatrist", "Board certified", "By telephone at any hour"),
        ),
        h("Course of an intervention"),
        sub("Response"),
        p(
            "The team arrives within 60 minutes in towns and within 120 minutes in rural areas.",
            "Police come along only if a weapon is reported.",
        ),
        sub("Stabilization"),
        ol(
            "The lead makes the place safe.",
            "Risk is rated with the Columbia scale.",
            "The peer specialist stays with the person while the lead talks to the family.",
            "A written safety plan is left behind.",
        ),
        sub("Follow-up"),
        p("Somebody from the team calls within 24 hours and again within seven days."),
        h("Service limits"),
        fields(
            ("Unit", "15 minutes"),
            ("Maximum", "32 units per episode"),
            ("Episode", "72 hours from the first contact"),
            ("Authorization", "None for the first episode, required from the third in 30 days"),
        ),
        h("Non-covered activities"),
        ul("Transport of the person", "Telephone counseling without a visit", "Time spent waiting in an emergency department"),
        h("Documentation"),
        p(
            "The note states who called, the risk rating, the plan and the time of arrival and departure.",
            "It is signed by the team lead within 24 hours.",
        ),
        h("Billing"),
        p(
            "Two staff members on scene are billed as one service.",
            "Add modifier HT for a multidisciplinary team.",
            "A full day of residential crisis care is billed with S9485 instead.",
        ),
    ),
    similar=(("S9484", "Crisis intervention mental health services, per hour"), ("S9485", "Crisis intervention, per diem")),
    furniture=("Tri-County Behavioral Health – Utilization Management", "Confidential when completed"),
)

BATHROOM_TITLE = "Bathroom and toileting aids – coverage list, plan year 2026"
BATHROOM_HEADER = ("HCPCS code", "Description", "Covered", "Rent or buy", "Limit", "Prior approval", "Notes")
BATHROOM = (
    ("E0163", "Commode chair, mobile or stationary, with fixed arms", "Yes", "Rent", "1 per 5 years", "No",
     "For members confined to one room or one floor"),
    ("E0165", "Commode chair, mobile or stationary, with detachable arms", "Yes", "Rent", "1 per 5 years", "No",
     "Record must show a sideways transfer or a wide body"),
    ("E0167", "Pail or pan for use with commode chair, replacement only", "Yes", "Buy", "2 per year", "No", ""),
    ("E0168", "Commode chair, extra wide and/or heavy duty, stationary or mobile, with or without arms, any type, each", "Yes", "Rent",
     "1 per 5 years", "Yes", "Weight of 300 pounds or more"),
    ("E0240", "Bath/shower chair, with or without wheels, any size", "No", "Buy", "", "No", "Comfort item; member pays"),
    ("E0241", "Bath tub wall rail, each", "No", "Buy", "", "No", "Installation is the member's task"),
    ("E0243", "Toilet rail, each", "No", "Buy", "", "No", ""),
    ("E0244", "Raised toilet seat", "Yes", "Buy", "1 per 3 years", "No", "After hip replacement, for 90 days without further proof"),
    ("E0245", "Tub stool or bench", "No", "Buy", "", "No", ""),
    ("E0246", "Transfer tub rail attachment", "No", "Buy", "", "No", ""),
    ("E0247", "Transfer bench for tub or toilet with or without commode opening", "Yes", "Buy", "1 per 5 years", "Yes",
     "Home visit by an occupational therapist required"),
    ("E0275", "Bed pan, standard, metal or plastic", "Yes", "Buy", "1 per year", "No", "For members confined to bed"),
    ("E0276", "Bed pan, fracture, metal or plastic", "Yes", "Buy", "1 per year", "No", "For members with a cast or traction"),
    ("E0325", "Urinal; male, jug-type, any material", "Yes", "Buy", "2 per year", "No", ""),
    ("E0326", "Urinal; female, jug-type, any material", "Yes", "Buy", "2 per year", "No", ""),
)  # fmt: skip

DENTAL_HEADER = ("CDT code", "Procedure", "Fee", "Plan pays", "How often", "Remarks")
DENTAL = (
    ("D0120", "Periodic oral evaluation", "$52", "100%", "Twice a year", ""),
    ("D0210", "Intraoral, complete series of images", "$148", "100%", "Every 5 years", "Not within 3 years of a panoramic film"),
    ("D0274", "Bitewings, four radiographic images", "$66", "100%", "Once a year", ""),
    ("D1206", "Topical application of fluoride varnish", "$39", "100%", "Twice a year", "Up to age 16, later only with dry mouth"),
    ("D1351", "Sealant, per tooth", "$54", "100%", "Every 3 years per tooth", "Molars without fillings, up to age 15"),
    ("D2391", "Resin-based composite, one surface, posterior", "$176", "80%", "Every 2 years per surface", ""),
    ("D3310", "Endodontic therapy, anterior tooth (excluding final restoration)", "$742", "80%", "Once per tooth",
     "Retreatment after 24 months"),
    ("D4341", "Periodontal scaling and root planing, four or more teeth per quadrant", "$236", "80%", "Every 24 months per quadrant",
     "Chart with pockets of 4 mm or more must be attached"),
    ("D5110", "Complete denture, maxillary", "$1,650", "50%", "Every 5 years", "Six months of adjustments included"),
    ("D7140", "Extraction, erupted tooth or exposed root", "$185", "80%", "Once per tooth", ""),
)  # fmt: skip

PROSE = (XRAY, MEALS, DISPUTE, CLASSES, INTERPRETER, PUMP, ALARM, WIG, HOSPICE, REPAIR, CROWN, CRISIS)
IN_FIVE_FORMATS = (XRAY, CLASSES, PUMP, CRISIS)
