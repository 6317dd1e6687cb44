package dev.lifeline.utils.adt;

import dev.lifeline.utils.TimeZoneSetting;
import dev.lifeline.utils.error.PgException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Names of time zones: those of the IANA database in any case, abbreviations, and offsets.
public final class TimeZones {
  /// PostgreSQL's default abbreviations, with minutes east of Greenwich.
  private static final String ABBREVIATION_LIST =
      """
      acdt 630,acsst 630,acst 570,act -300,acwst 525,adt -180,aedt 660,aesst 660,
      aest 600,aft 270,akdt -480,akst -540,almst 420,almt 360,amst 240,amt -240,
      anast 720,anat 720,arst -180,art -180,ast -240,awsst 540,awst 480,azost 0,azot -60,
      azst 240,azt 240,bdst 120,bdt 360,bnt 480,bort 480,bot -240,bra -180,brst -120,
      brt -180,bst 60,btt 360,cadt 630,cast 570,cct 480,cdt -300,cest 120,cet 60,
      cetdst 120,chadt 825,chast 765,chut 600,ckt -600,clst -180,clt -180,cot -300,
      cst -360,cxt 420,davt 420,ddut 600,easst -300,east -300,eat 180,edt -240,eest 180,
      eet 120,eetdst 180,egst 0,egt -60,est -300,fet 180,fjst 780,fjt 720,fkst -180,
      fkt -180,fnst -60,fnt -120,galt -360,gamt -540,gest 240,get 240,gft -180,gilt 720,
      gmt 0,gyt -240,hkt 480,hst -600,ict 420,idt 180,iot 360,irkst 480,irkt 480,irt 210,
      ist 120,jayt 540,jst 540,kdt 600,kgst 360,kgt 360,kost 660,krast 420,krat 420,
      kst 540,lhdt 660,lhst 630,ligt 600,lint 840,lkt 330,magst 660,magt 660,mart -570,
      mawt 300,mdt -360,mest 120,mesz 120,met 60,metdst 120,mez 60,mht 720,mmt 390,
      mpt 600,msd 240,msk 180,mst -420,must 300,mut 240,mvt 300,myt 480,ndt -150,
      nft -210,novst 420,novt 420,npt 345,nst -210,nut -660,nzdt 780,nzst 720,nzt 720,
      omsst 360,omst 360,pdt -420,pet -300,petst 720,pett 720,pgt 600,pht 480,pkst 360,
      pkt 300,pmdt -120,pmst -180,pont 660,pst -480,pwt 540,pyst -180,pyt -180,ret 240,
      sadt 630,sast 120,sct 240,sgt 480,taht -600,tft 300,tjt 300,tkt 780,tmt 300,
      tot 780,trut 600,tvt 720,uct 0,ulast 540,ulat 480,ut 0,utc 0,uyst -120,uyt -180,
      uzst 360,uzt 300,vet -240,vlast 600,vlat 600,volt 180,vut 660,wadt 480,wakt 720,
      wast 420,wat 60,wdt 540,wet 0,wetdst 60,wft 720,wgst -120,wgt -180,xjt 360,
      yakst 540,yakt 540,yapt 600,yekst 360,yekt 300,z 0,zulu 0
      """;

  private static final Map<String, Integer> ABBREVIATIONS = new HashMap<>();
  private static final Map<String, String> NAMES = new HashMap<>();

  static {
    for (String entry : ABBREVIATION_LIST.replace("\n", "").split(",", -1)) {
      int space = entry.indexOf(' ');
      ABBREVIATIONS.put(
          entry.substring(0, space), Integer.parseInt(entry.substring(space + 1)) * 60);
    }
    for (String name : ZoneId.getAvailableZoneIds()) {
      NAMES.put(name.toLowerCase(Locale.ROOT), name);
    }
  }

  private TimeZones() {}

  /// The zone with a name of the IANA database, in any case, or null.
  static @Nullable ZoneId named(String name) {
    String exact = NAMES.get(name.toLowerCase(Locale.ROOT));
    if (exact == null) {
      return null;
    }
    return exact.equals("UTC") || exact.equals("GMT") ? ZoneOffset.UTC : ZoneId.of(exact);
  }

  /// Seconds east of Greenwich of an abbreviation, or null.
  static @Nullable Integer abbreviation(String name) {
    return ABBREVIATIONS.get(name.toLowerCase(Locale.ROOT));
  }

  /// A zone as `AT TIME ZONE` takes it.
  static ZoneId forFunction(String text) {
    String trimmed = text.strip();
    Integer offset = abbreviation(trimmed);
    if (offset != null) {
      return ZoneOffset.ofTotalSeconds(offset);
    }
    ZoneId zone = named(trimmed);
    if (zone == null
        && !trimmed.isEmpty()
        && !Character.isLetter(trimmed.charAt(0))
        && trimmed.charAt(0) != '<') {
      zone = DateTimeParser.numericZone(trimmed);
    }
    if (zone == null) {
      zone = TimeZoneSetting.posix(trimmed);
    }
    if (zone == null) {
      throw notRecognized(text);
    }
    return zone;
  }

  static PgException notRecognized(String text) {
    return Errors.invalidParameter("time zone \"%s\" not recognized", text);
  }

  /// The zone's abbreviation at an instant, as dates are written with it.
  static String abbreviationAt(ZoneId zone, long timestampTz) {
    if (zone instanceof ZoneOffset offset) {
      return offset.getTotalSeconds() == 0
          ? "UTC"
          : DateTimeFormat.offset(offset.getTotalSeconds());
    }
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(timestampTz + EvalContext.EPOCH_SHIFT, DateMath.MICROS_PER_SECOND));
    String name = DateTimeFormatter.ofPattern("zzz", Locale.US).format(instant.atZone(zone));
    return name.startsWith("GMT") && name.length() > 3
        ? DateTimeFormat.offset(DateMath.offsetAt(zone, timestampTz))
        : name;
  }
}
